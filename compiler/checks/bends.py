"""No cable is bent tighter than it may be: the tightest bend of a hall's trays against every cable in them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..cabling.rules import cabling_rules
from ..cages import link_media
from ..expand.geometry import micrometres
from ..schema import CableAttributes, TrunkAttributes
from .facts import Facts
from .wording import in_all, instance

_PORTS = ("port", "port")


def bends(facts: Facts) -> Iterator[Diagnostic]:
    """RW4011: cables with fixed ends, once a statement, and trunks, once a class."""
    plant, design = facts.plant, facts.design
    rules = [cabling_rules(design, cls.element) for cls in plant.classes]
    bend = [None if r is None or r.bend_radius is None else micrometres(r.bend_radius) for r in rules]
    if not any(b is not None for b in bend):
        return
    tightest = np.array([2**62 if b is None else b for b in bend], dtype=np.int64)[plant.devices.cls]
    links = plant.links
    names, made_with = link_media(plant)
    media = [design.media[name].attributes for name in names]
    needs = [micrometres(m.bend_radius) if isinstance(m, CableAttributes) and m.bend_radius else 0 for m in media]
    need = np.array([*needs, 0], dtype=np.int64)[made_with[:, 0]]
    has = np.minimum(tightest[links.a_device], tightest[links.z_device])
    for rule, rows in facts.rules("link"):
        wrong = np.flatnonzero(need[rows] > has[rows]) + rows.start
        if len(wrong):
            row = int(wrong[0])
            name = names[int(made_with[row, 0])]
            yield diagnose(
                "RW4011",
                rule.origin,
                f"bent to {_millimetres(has[row])}",
                detail=instance(plant, links, _PORTS, row, in_all(len(wrong), "links"))
                + f"; {name} bears {_millimetres(need[row])}",
                help="take a cable that bends tighter, or wider bends; `bend_radius` in `cabling` is the tightest",
                also=[(design.media[name].origin, "declared here")],
            )
    for cls in plant.classes_of_kind("trunk"):
        part, hall = plant.element_of(cls), bend[cls.index]
        assert isinstance(part.attributes, TrunkAttributes)
        own = 0 if part.attributes.bend_radius is None else micrometres(part.attributes.bend_radius)
        if hall is not None and own > hall and cls.count:
            yield diagnose(
                "RW4011",
                part.origin,
                f"bent to {_millimetres(hall)}",
                detail=f"{plant.devices.names[cls.first]} bears {_millimetres(own)}" + in_all(cls.count, "trunks"),
                help="take a trunk that bends tighter, or wider bends; `bend_radius` in `cabling` is the tightest",
            )


def _millimetres(micrometres: int) -> str:
    return f"{int(micrometres) / 1000:g} mm"
