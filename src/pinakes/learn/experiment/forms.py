"""What a training can be told of methods and networks, as plain data: for forms of those who do not load torch."""

from __future__ import annotations

import inspect
import json
import sys
from dataclasses import fields
from typing import Any

from pinakes.learn.training.settings import plain_fields


def described() -> dict[str, Any]:
    """All methods with their settings, and all networks."""
    from pinakes.learn.experiment.methods import methods
    from pinakes.learn.networks.base import NETWORKS

    registry = methods()
    found = [registry.get(name) for name in registry.names()]
    networks = [NETWORKS.get(name) for name in NETWORKS.names()]
    return {
        "methods": [
            {
                "name": each.name,
                "kind": each.kind,
                "about": each.about,
                "paper": each.paper,
                "labels": each.labels,
                "settings": plain_fields(fields(each.config)),
            }
            for each in found
        ],
        "networks": [
            {
                "name": each.name,
                "modality": each.modality,
                "size": each.size,
                "width": "width" in inspect.signature(each.build).parameters,
                "paper": each.paper,
            }
            for each in networks
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(described()))
