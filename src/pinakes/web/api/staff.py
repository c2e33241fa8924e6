"""Administration for programs: models, trainings, measurements, judgements, upkeep, settings, health."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pinakes.catalogue.naming import path_text
from pinakes.errors import UsageError
from pinakes.library import Library, coverage, reports, runs
from pinakes.library.alike import alike
from pinakes.library.choosing import chosen
from pinakes.library.forms import forms
from pinakes.library.health import health
from pinakes.library.models import table
from pinakes.library.paths import models_of
from pinakes.tasks.records import Task, counts
from pinakes.web.api import staff_answers as a
from pinakes.web.api.paging import on_a_page
from pinakes.web.api.tasks import TaskOut, TasksOut, key_of, task_out
from pinakes.web.api.tasks import one as task_of
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import Nothing, Typed
from pinakes.web.http.who import who_of
from pinakes.web.logic import choosing, judging, running, tasking, upkeep
from pinakes.web.logic.errands import latest, newest, note

T = TypeVar("T")


def _as(kind: type[T], one: Any, **more: Any) -> T:
    """An answer from what has the same fields."""
    told = {each.name: getattr(one, each.name) for each in fields(kind) if each.name not in more}  # type: ignore[arg-type]
    return kind(**{name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}, **more)


def _task(library: Library, number: int) -> TaskOut:
    return task_out(task_of(library.catalogue, number))


def models(request: Request, _given: Nothing) -> a.ModelsOut:
    """Encoders, published models, and the spaces of the library."""
    library = library_of(request)
    named = [each.name for each in fields(a.ModelOut)]
    found = [
        a.ModelOut(**{name: row[name] for name in named}) for row in table(library.settings, models_of(library.folder))
    ]
    return a.ModelsOut(found, _covered(library))


def _covered(library: Library) -> list[a.SpaceOut]:
    return [_as(a.SpaceOut, one) for one in coverage.coverage(library)]


def pull_model(request: Request, _given: Nothing, body: a.ModelIn) -> TaskOut:
    """Fetch a model."""
    library = library_of(request)
    return _task(library, tasking.ask(library, who_of(request), "pull", {"model": body.model}, key_of(request)))


def use_model(request: Request, _given: Nothing, body: a.UseIn) -> TaskOut:
    """Encode the library."""
    library, who = library_of(request), who_of(request)
    if bool(body.model) == bool(body.run):
        raise UsageError("Name a model or a run, one of the two.", "GET /models and /runs list them.")
    if body.run:
        return _task(library, running.use_run(library, who, body.run, beside=body.beside))
    return _task(library, running.use_model(library, who, body.model, beside=body.beside))


def methods(_request: Request, _given: Nothing) -> a.MethodsOut:
    """What can be trained."""
    known = forms()
    return a.MethodsOut(
        [
            _as(a.MethodOut, one, settings=[_as(a.KnobOut, knob) for knob in one.settings])
            for one in known.methods.values()
        ],
        [_as(a.NetworkOut, one) for one in known.networks.values()],
    )


def list_runs(request: Request, _given: Nothing) -> a.RunsOut:
    """All runs."""
    library = library_of(request)
    tasks = newest(library, running.KINDS, "run")
    return a.RunsOut([_run(one, tasks.get(one.name)) for one in runs.runs(library)])


def one_run(request: Request, given: a.NamedIn) -> a.RunOut:
    """One run."""
    library = library_of(request)
    return _run(runs.run(library, given.name), latest(library, running.KINDS, run=given.name))


def _run(one: runs.Kept, task: Task | None) -> a.RunOut:
    told = {"result": dict(one.result or {}), "tables": dict(one.tables)}
    return _as(a.RunOut, one, **told, task=task.id if task else 0, state=task.state if task else "")


def begin_run(request: Request, _given: Nothing, body: a.RunIn) -> TaskOut:
    """Begin a run."""
    library = library_of(request)
    return _task(library, running.begin(library, who_of(request), body.name, body.kind, body.tables))


def stop_run(request: Request, given: a.NamedIn) -> TaskOut:
    """Stop a run."""
    library = library_of(request)
    return _task(library, running.stop(library, who_of(request), given.name))


def go_on_run(request: Request, given: a.NamedIn) -> TaskOut:
    """Go on with a run."""
    library = library_of(request)
    return _task(library, running.go_on(library, who_of(request), given.name))


def remove_run(request: Request, given: a.NamedIn) -> None:
    """Delete a run."""
    running.remove(library_of(request), who_of(request), given.name)


def measure(request: Request, _given: Nothing, body: a.MeasureIn) -> TaskOut:
    """Measure the search."""
    library = library_of(request)
    told = {each.name: getattr(body, each.name) for each in fields(a.MeasureIn)}
    told |= {"modes": list(body.modes), "fusions": list(body.fusions)}
    return _task(library, tasking.ask(library, who_of(request), "evaluate", told, key_of(request)))


def list_reports(request: Request, _given: Nothing) -> a.ReportsOut:
    """All reports."""
    return a.ReportsOut([_as(a.ReportOut, one) for one in reports.reports(library_of(request))])


def one_report(request: Request, given: a.NamedIn) -> Response:
    """All figures of one."""
    return JSONResponse(reports.evaluation(library_of(request), given.name).as_dict())


def remove_report(request: Request, given: a.NamedIn) -> None:
    """Delete one."""
    reports.remove(library_of(request), given.name)
    note(library_of(request), who_of(request), "report.removed", f"report {given.name}")


def desk(request: Request, _given: Nothing) -> a.DeskOut:
    """Questions and agreement."""
    library = library_of(request)
    asked = [_as(a.AskedOut, one) for one in judging.asked(library)]
    return a.DeskOut(asked, [_as(a.AgreementOut, one) for one in judging.agreement(library)])


def pool(request: Request, given: a.QuestionIn) -> a.PoolOut:
    """The pool of a question."""
    judge = judging.judge_of(who_of(request))
    return a.PoolOut(
        judge, [_as(a.PooledOut, one) for one in judging.pool(library_of(request), judge, given.q.strip())]
    )


def judge(request: Request, _given: Nothing, body: a.JudgementIn) -> None:
    """Keep a grade."""
    judging.judge(library_of(request), judging.judge_of(who_of(request)), body.q, body.item, body.grade)


def withdraw_judgement(request: Request, given: a.WithdrawIn) -> None:
    """Take a grade back."""
    library_of(request).desk.withdraw(judging.judge_of(who_of(request)), given.q, given.item)


def duplicates(request: Request, given: a.PageIn) -> a.AlikeOut:
    """Groups of near-duplicates."""
    library = library_of(request)
    found = alike(library, _checked(library, given.limit), max(0, given.skip))
    if found is None:
        return a.AlikeOut([], 0, None, stale=False)
    groups = [[work.id for _, work in group.members] for group in found.groups]
    return a.AlikeOut(groups, found.total, found.at, found.stale)


def look_for_duplicates(request: Request, _given: Nothing, body: a.AlikeIn) -> TaskOut:
    """Look for near-duplicates."""
    library = library_of(request)
    told = {} if body.within_bits is None else {"within_bits": body.within_bits}
    return _task(library, tasking.ask(library, who_of(request), "duplicates", told, key_of(request)))


def keep_one(request: Request, _given: Nothing, body: a.KeepIn) -> TaskOut:
    """Keep one of a group."""
    library = library_of(request)
    return _task(library, upkeep.keep_one(library, who_of(request), body.item))


def missing_items(request: Request, given: a.AfterIn) -> a.MissingOut:
    """Works without files."""
    library = library_of(request)
    found, total = coverage.vanished(library, _checked(library, given.limit), given.after)
    told = [a.LostOut(one.id, one.title, one.collection, [path_text(file.path) for file in one.files]) for one in found]
    return a.MissingOut(told, total)


def failures(request: Request, given: a.BeyondIn) -> a.FailuresOut:
    """Files that could not be read."""
    library = library_of(request)
    found, total = coverage.failed(library, _checked(library, given.limit), given.after)
    return a.FailuresOut([_as(a.FailureOut, one, path=path_text(one.path)) for one in found], total)


def retry_failures(request: Request, _given: Nothing) -> TasksOut:
    """Try failed files again."""
    library = library_of(request)
    return TasksOut([_task(library, number) for number in upkeep.try_again(library, who_of(request))], 0)


def covered(request: Request, _given: Nothing) -> a.CoverageOut:
    """What each space covers."""
    return a.CoverageOut(_covered(library_of(request)))


def _checked(library: Library, limit: int) -> int:
    return on_a_page(limit, library.settings.limits.max_page_parts, "max_page_parts")


def settings(request: Request, _given: Nothing) -> a.SettingsOut:
    """All settings."""
    return a.SettingsOut(
        [
            a.SettingOut(
                one.row.name,
                one.value,
                one.row.default,
                one.row.unit,
                one.row.help,
                one.origin,
                one.change,
                one.waiting,
                list(one.choices),
            )
            for one in chosen(library_of(request))
        ]
    )


def change_settings(request: Request, _given: Nothing, body: a.SettingsIn) -> a.WaitsOut:
    """Change settings."""
    return a.WaitsOut(choosing.change(library_of(request), who_of(request), body.values))


def status_of_library(request: Request, _given: Nothing) -> a.StatusOut:
    """How the library is."""
    library = library_of(request)
    with library.catalogue.reading() as connection:
        tasks = counts(connection)
    return _as(a.StatusOut, health(library), tasks=tasks)


_N = Nothing
TYPED: tuple[Typed, ...] = (
    Typed("/models", "Models that are here or can be fetched.", _N, a.ModelsOut, models, need="administrator"),
    Typed("/models/pull", "Fetch a published model.", _N, TaskOut, pull_model, "POST", a.ModelIn, need="administrator"),
    Typed("/models/use", "Encode the library anew.", _N, TaskOut, use_model, "POST", a.UseIn, need="administrator"),
    Typed("/methods", "What can be trained.", _N, a.MethodsOut, methods, need="administrator"),
    Typed("/runs", "Trainings and searches for settings.", _N, a.RunsOut, list_runs, need="administrator"),
    Typed("/runs", "Begin one.", _N, TaskOut, begin_run, "POST", a.RunIn, need="administrator", rate="costly"),
    Typed("/runs/{name:str}", "One with all its figures.", a.NamedIn, a.RunOut, one_run, need="administrator"),
    Typed("/runs/{name:str}", "Delete one.", a.NamedIn, None, remove_run, "DELETE", need="administrator"),
    Typed(
        "/runs/{name:str}/stop", "Stop one; it can go on.", a.NamedIn, TaskOut, stop_run, "POST", need="administrator"
    ),
    Typed("/runs/{name:str}/go-on", "Go on with one.", a.NamedIn, TaskOut, go_on_run, "POST", need="administrator"),
    Typed("/reports", "What was measured of the search.", _N, a.ReportsOut, list_reports, need="editor"),
    Typed("/reports", "Measure it.", _N, TaskOut, measure, "POST", a.MeasureIn, need="administrator", rate="costly"),
    Typed("/reports/{name:str}", "All figures.", a.NamedIn, "application/json", one_report, need="editor"),
    Typed("/reports/{name:str}", "Delete a report.", a.NamedIn, None, remove_report, "DELETE", need="administrator"),
    Typed("/desk", "Questions with judgements, and how judges agree.", _N, a.DeskOut, desk, need="editor"),
    Typed("/desk/pool", "What is to be judged.", a.QuestionIn, a.PoolOut, pool, need="editor", rate="search"),
    Typed("/desk/judgements", "Judge an answer.", _N, None, judge, "PUT", a.JudgementIn, need="editor"),
    Typed(
        "/desk/judgements", "Take a judgement back.", a.WithdrawIn, None, withdraw_judgement, "DELETE", need="editor"
    ),
    Typed("/duplicates", "Works that are almost the same.", a.PageIn, a.AlikeOut, duplicates, need="editor"),
    Typed(
        "/duplicates",
        "Look for them.",
        _N,
        TaskOut,
        look_for_duplicates,
        "POST",
        a.AlikeIn,
        need="editor",
        rate="costly",
    ),
    Typed("/duplicates/keep", "Keep one of a group.", _N, TaskOut, keep_one, "POST", a.KeepIn, need="editor"),
    Typed("/missing", "Works whose files vanished.", a.AfterIn, a.MissingOut, missing_items, need="editor"),
    Typed("/failures", "Files that could not be read.", a.BeyondIn, a.FailuresOut, failures, need="editor"),
    Typed("/failures/retry", "Try them again.", _N, TasksOut, retry_failures, "POST", need="editor"),
    Typed("/coverage", "What each space covers.", _N, a.CoverageOut, covered, need="editor"),
    Typed("/settings", "All settings and limits.", _N, a.SettingsOut, settings, need="administrator"),
    Typed("/settings", "Change some.", _N, a.WaitsOut, change_settings, "PATCH", a.SettingsIn, need="administrator"),
    Typed("/status", "How the library is, in detail.", _N, a.StatusOut, status_of_library, need="editor"),
)
