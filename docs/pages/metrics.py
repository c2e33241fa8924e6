"""The page about metrics of quality: what each means, and the rules by which they are computed."""

from __future__ import annotations

from collections.abc import Iterator

from docs.pages.markdown import code, page, table
from pinakes.evaluate.judged import RULES
from pinakes.evaluate.significance import BOOTSTRAP, HOLM, TESTS
from pinakes.metrics.codes import MEASURED, TIES
from pinakes.metrics.curves import INTERPOLATIONS
from pinakes.metrics.names import METRICS, Metric, parse

ROUGE = {
    "rouge-1": "words that the text found shares with the text it should resemble, each as often as both have it",
    "rouge-2": "pairs of neighbouring words, likewise",
    "rouge-l": "the longest row of words that stands in both in the same order, with gaps",
}
_K = 10


def metrics() -> str:
    """The page."""
    return page(
        "Metrics of quality",
        "What `pinakes evaluate` measures, by name. Each is a mean over the queries that count; a cut-off `@k` may be "
        "any number.",
        "## Of ranked lists",
        table(("name", "what it means", "rules"), _lists()),
        "The tests hold all of them to their plain definitions and, where trec_eval has them, to its figures, to nine "
        "decimals and with ties.",
        "## Rules",
        _listed([*RULES, BOOTSTRAP, TESTS, HOLM]),
        "The level of chance is what a random order of all documents would reach on average: in closed form, for bpref "
        "as the mean of seeded orders.",
        "## Of codes",
        "Straight from packed codes and labels (`pinakes.metrics.codes`), by the protocol of papers on hashing: "
        "everything in the collection is ranked by Hamming distance, and what shares a label with the query is "
        "relevant.",
        table(("name", "what it means"), _codes()),
        "## Ties of codes",
        "Codes have few distances, so that most places are tied. `ties=` says what decides there.",
        table(("ties", "what it does"), [(code(name), about) for name, about in TIES.items()]),
        "## Precision over recall",
        table(
            ("curve", "how it is made"),
            [
                *((code(name), about) for name, about in INTERPOLATIONS.items()),
                (
                    code("radius"),
                    "of codes: precision and recall within each Hamming radius, averaged over the queries",
                ),
            ],
        ),
        "## Of texts",
        "Precision is the share of the text found, recall that of the text it should resemble, F1 their harmonic mean. "
        "Words are in lower case and not stemmed; a character of a script without spaces is a word. Of several texts "
        "that it should resemble, the one with the highest F1 counts (Lin, 2004).",
        table(("name", "what is counted"), [(code(name), about) for name, about in ROUGE.items()]),
    )


def _lists() -> Iterator[tuple[str, str, str]]:
    for name in METRICS.names():
        family = METRICS.get(name)
        shown = {"must": f"{name}@{_K}", "may": name, "not": name}[family.cut]
        metric = parse(shown)
        cut = Metric(shown, family, k=_K) if family.cut == "may" else metric
        told = metric.meaning if cut is metric else f"{metric.meaning}; {code(f'{name}@{_K}')} looks at the first {_K}"
        yield code(shown), told, metric.rule


def _codes() -> Iterator[tuple[str, str]]:
    yield code("map"), "mean of the precision at each relevant thing, of all that is ranked"
    yield code("map@k"), "the same among the first k, divided by what is relevant among them"
    for name in MEASURED:
        if METRICS.get(name).within:
            yield code(f"{name}@{_K}"), parse(f"{name}@{_K}").meaning
            yield code(f"{name}@radius=2"), f"{parse(f'{name}@radius=2').meaning}; 0 where nothing lies there"


def _listed(sentences: list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
