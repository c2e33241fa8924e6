"""The routes of the administration that are about models, measurements, upkeep, settings and health."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from pinakes.web.http.rights import needs
from pinakes.web.pages import choosing, desk, health, measuring, models, training, upkeep

_POST = ["POST"]
ROUTES: tuple[BaseRoute, ...] = (
    Route(models.PATH, needs("administrator", models.models)),
    Route(f"{models.PATH}/pull", needs("administrator", models.pull, "costly"), methods=_POST),
    Route(f"{models.PATH}/use", needs("administrator", models.use), methods=_POST),
    Route(training.PATH, needs("administrator", training.training)),
    Route(training.PATH, needs("administrator", training.begun, "costly"), methods=_POST),
    Route(f"{training.PATH}/new", needs("administrator", training.new)),
    Route(f"{training.PATH}/{{name}}", needs("administrator", training.run)),
    Route(f"{training.PATH}/{{name}}/{{action}}", needs("administrator", training.act), methods=_POST),
    Route(measuring.PATH, needs("editor", measuring.evaluation)),
    Route(measuring.PATH, needs("administrator", measuring.measure, "costly"), methods=_POST),
    Route(f"{measuring.PATH}/{{name}}", needs("editor", measuring.report)),
    Route(f"{measuring.PATH}/{{name}}/report", needs("editor", measuring.whole)),
    Route(f"{measuring.PATH}/{{name}}/figures/{{format}}", needs("editor", measuring.figures)),
    Route(f"{measuring.PATH}/{{name}}/remove", needs("administrator", measuring.remove), methods=_POST),
    Route(desk.PATH, needs("editor", desk.desk)),
    Route(desk.PATH, needs("editor", desk.judged), methods=_POST),
    Route(upkeep.DUPLICATES, needs("editor", upkeep.duplicates)),
    Route(upkeep.DUPLICATES, needs("editor", upkeep.look, "costly"), methods=_POST),
    Route(f"{upkeep.DUPLICATES}/keep", needs("editor", upkeep.keep), methods=_POST),
    Route(upkeep.ORPHANS, needs("editor", upkeep.orphans)),
    Route(f"{upkeep.ORPHANS}/remove", needs("editor", upkeep.forget), methods=_POST),
    Route(f"{upkeep.ORPHANS}/again", needs("editor", upkeep.retry), methods=_POST),
    Route(choosing.PATH, needs("administrator", choosing.settings)),
    Route(choosing.PATH, needs("administrator", choosing.settings_changed), methods=_POST),
    Route(health.PATH, needs("editor", health.page)),
    Route(f"{health.PATH}/check", needs("administrator", health.check), methods=_POST),
)
