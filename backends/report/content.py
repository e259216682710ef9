"""All that the page knows, as one tree of plain values."""

from __future__ import annotations

from ...compiler.plant import Plant
from ...compiler.power.budget import budget
from . import energy, fabric, ground, heat, parts, things

FORMAT = 1
"""Version of the data's layout."""


def content(plant: Plant) -> dict[str, object]:
    """The data of the page; docs/reference/report.md tells what each part is."""
    design, made = plant.design, budget(plant)
    return {
        "format": FORMAT,
        "design": {
            "name": design.name,
            "doc": design.doc,
            "compiler": design.compiler,
            "digest": design.digest,
            "parameters": design.parameters,
        },
        "elements": parts.elements(design),
        "media": parts.media(design),
        "whips": parts.whips(design),
        "requirements": parts.requirements(design),
        "rules": things.rules(plant),
        "classes": things.classes(plant),
        "devices": things.devices(plant),
        "racks": things.racks(plant),
        "cables": things.cables(plant),
        "feeds": things.relations(plant, "feed"),
        "pipes": things.relations(plant, "pipe"),
        "power": energy.power(plant, made),
        "cooling": heat.heat(plant),
        "space": ground.space(plant),
        "fabric": fabric.fabric(plant),
    }
