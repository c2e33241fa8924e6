"""Administration: measuring how good the search is, and the reports of what was measured."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pinakes.errors import NotFound, PinakesError
from pinakes.evaluate import report as written
from pinakes.library import reports
from pinakes.search.request import MODES
from pinakes.web.http.forms import Fields, again, number_of, posted, sent_on
from pinakes.web.http.ranges import attachment
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.errands import latest, note, sure
from pinakes.web.logic.exporting import note_export
from pinakes.web.logic.measured import directions, held
from pinakes.web.logic.tasking import ask
from pinakes.web.pages.administration import administrated

PATH = "/admin/evaluation"
# A report is a page by itself with its own styles and drawings: nothing of it may run or load, and it is of no site.
_ALONE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def evaluation(request: Request) -> Response:
    """The form, and the list of reports."""
    return _evaluation(request, {})


def _evaluation(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library = library_of(request)
    return administrated(
        request,
        "measuring.html",
        error.status if error else 200,
        section=PATH,
        reports=reports.reports(library),
        task=latest(library, ("evaluate",)),
        kinds=reports.KINDS,
        modes=MODES,
        told=fields,
        error=error,
    )


def _measure(request: Request, fields: Fields) -> Response:
    ask(library_of(request), who_of(request), "evaluate", told_of(fields))
    return sent_on(PATH)


def told_of(fields: Fields) -> dict[str, Any]:
    """What a form wants to be measured."""
    told: dict[str, Any] = {name: fields[name].strip() for name in ("by", "label", "metrics") if fields.get(name)}
    told["sample"] = number_of(fields.get("sample", ""), 200)
    told["seed"] = number_of(fields.get("seed", ""), 1)
    told["modes"] = [mode for mode in MODES if fields.get(f"mode.{mode}")] or list(MODES)
    return told


def report(request: Request) -> Response:
    """The tables of one."""
    library, name = library_of(request), request.path_params["name"]
    found = reports.evaluation(library, name)
    return administrated(
        request,
        "report.html",
        section=PATH,
        name_of=name,
        told=found,
        directions=directions(found),
        held=held(found),
        charts=reports.charted(library, name),
    )


def whole(request: Request) -> Response:
    """The report with its charts: a page of its own, in which nothing can run."""
    page = reports.page(library_of(request), request.path_params["name"])
    return Response(page, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _ALONE})


def figures(request: Request) -> Response:
    """All figures, as JSON or as a table."""
    name, kind = request.path_params["name"], request.path_params["format"]
    found = reports.evaluation(library_of(request), name)
    if kind == "json":
        text, media = json.dumps(found.as_dict(), ensure_ascii=False, indent=1), "application/json"
    elif kind == "csv":
        text, media = written.csv(found), "text/csv; charset=utf-8"
    else:
        raise NotFound("Figures are handed over as json or csv.", "Choose one of the two.")
    note_export(library_of(request), who_of(request), "figures", f"report {name}", format=kind)
    headers = {"Content-Disposition": attachment(f"pinakes-{name}.{kind}")}
    return Response(text, media_type=media, headers=headers)


def _remove(request: Request, fields: Fields) -> Response:
    sure(fields)
    name = request.path_params["name"]
    reports.remove(library_of(request), name)
    note(library_of(request), who_of(request), "report.removed", f"report {name}")
    return sent_on(PATH)


measure = again(_evaluation, _measure)
remove = posted(_remove)
