"""Administration: trainings and searches for settings, begun from a form, watched, stopped, gone on with and used."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pinakes.errors import MissingExtra, NotFound, PinakesError
from pinakes.learn.extra import needs_torch
from pinakes.library import runs
from pinakes.library.forms import forms, warm
from pinakes.library.runs import Kind
from pinakes.web.http.forms import Fields, posted, sent_on
from pinakes.web.http.site import library_of, render, speech_of
from pinakes.web.http.who import who_of
from pinakes.web.logic import curves, running
from pinakes.web.logic.errands import latest, newest, sure
from pinakes.web.logic.running import KINDS
from pinakes.web.logic.training_form import read, shown
from pinakes.web.pages.administration import administrated

PATH = "/admin/training"
# A form with all settings of a method, of a training and of a search.
_MOST_FIELDS = 200


def training(request: Request) -> Response:
    """The list."""
    library, missing = library_of(request), _missing()
    if missing is None:
        # The form is one click away, and takes seconds where it is the first one.
        warm()
    return administrated(
        request,
        "training.html",
        section=PATH,
        runs=runs.runs(library),
        tasks=newest(library, KINDS, "run"),
        missing=missing,
    )


def _missing() -> PinakesError | None:
    """What is not installed of what training needs."""
    try:
        needs_torch("Training here", optuna=True)
    except MissingExtra as error:
        return error
    return None


def new(request: Request) -> Response:
    """The form of a new run."""
    return _new(request, dict(request.query_params))


def _kind(fields: Fields) -> Kind:
    return "tune" if fields.get("kind") == "tune" else "train"


def _new(request: Request, fields: Fields, wrong: dict[str, str] | None = None) -> Response:
    kind, missing = _kind(fields), _missing()
    form = None if missing else shown(library_of(request), forms(), kind, fields, wrong)
    return administrated(
        request, "training_new.html", 400 if wrong else 200, section=PATH, form=form, missing=missing, kind=kind
    )


def _begin(request: Request, fields: Fields) -> Response:
    if "filled" not in fields:
        return sent_on(f"{PATH}/new")
    if "choose" in fields:
        # Another method has other settings: the form is shown again with those.
        return _new(request, fields)
    kind = _kind(fields)
    tables, wrong = read(forms(), kind, fields)
    if wrong:
        return _new(request, fields, wrong)
    try:
        running.begin(library_of(request), who_of(request), fields.get("name", "").strip(), kind, tables)
    except PinakesError as error:
        return _new(request, fields, {"name" if "name" in error.message else "": str(error)})
    return sent_on(f"{PATH}/{fields['name'].strip()}")


def run(request: Request) -> Response:
    """One run; with `part=live` only what changes while it goes on."""
    library, told = library_of(request), speech_of(request)
    found = runs.run(library, request.path_params["name"])
    task = latest(library, KINDS, run=found.name)
    names = told("training.value"), told("training.best")
    values: dict[str, Any] = {
        "run": found,
        "task": task,
        "using": latest(library, ("use-run",), run=found.name),
        "charts": curves.of_tuning(found.figures, names) if found.kind == "tune" else curves.of_training(found.figures),
        "moving": task is not None and task.state in ("waiting", "running"),
    }
    if request.query_params.get("part") == "live":
        return render(request, "run_live.html", **values)
    return administrated(request, "run.html", section=PATH, **values)


def _stop(request: Request, _fields: Fields) -> Response:
    running.stop(library_of(request), who_of(request), request.path_params["name"])
    return _back(request)


def _go_on(request: Request, _fields: Fields) -> Response:
    running.go_on(library_of(request), who_of(request), request.path_params["name"])
    return _back(request)


def _use(request: Request, fields: Fields) -> Response:
    beside = bool(fields.get("beside"))
    running.use_run(library_of(request), who_of(request), request.path_params["name"], beside=beside)
    return _back(request)


def _remove(request: Request, fields: Fields) -> Response:
    sure(fields)
    running.remove(library_of(request), who_of(request), request.path_params["name"])
    return sent_on(PATH)


def _train_best(request: Request, fields: Fields) -> Response:
    found = runs.run(library_of(request), request.path_params["name"])
    name = fields.get("name", "").strip()
    running.begin(library_of(request), who_of(request), name, "train", runs.best_tables(found))
    return sent_on(f"{PATH}/{name}")


_ACTIONS = {"stop": _stop, "go-on": _go_on, "use": _use, "remove": _remove, "best": _train_best}


def _act(request: Request, fields: Fields) -> Response:
    action = _ACTIONS.get(request.path_params["action"])
    if action is None:
        raise NotFound("There is nothing of that name to be done with a run.", "Use the buttons of its page.")
    return action(request, fields)


def _back(request: Request) -> Response:
    return sent_on(f"{PATH}/{request.path_params['name']}")


begun = posted(_begin, _MOST_FIELDS)
act = posted(_act)
