"""Figures as a table for people."""

from __future__ import annotations

from benchmarks.frame import Figure, Figures, Options


def table(name: str, figures: Figures, options: Options) -> str:
    """All figures of a benchmark, a line each, with the machine above and the notes below."""
    about = figures.as_dict(name, options)
    machine = about["machine"]
    lines = [
        f"{name} ({about['size']}), {about['date']}: {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}",
        ", ".join(f"{part} {version}" for part, version in machine["versions"].items()),
        "",
    ]
    width = max((len(key) for key in figures.figures), default=0)
    lines += [f"{key:{width}}  {shown(figure)}" for key, figure in figures.figures.items()]
    return "\n".join([*lines, *(["", *figures.notes] if figures.notes else [])])


def shown(figure: Figure) -> str:
    """Value, unit, target, and whether it holds."""
    verdict = {True: "holds", False: "MISSED", None: "not judged" if figure.target else ""}[figure.holds]
    return f"{number(figure.value):>10} {figure.unit:14} {figure.target:10} {verdict}".rstrip()


def number(value: float) -> str:
    """A number in four digits, or whole where it is large."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
