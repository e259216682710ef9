"""A whole plant in a few tables."""

from __future__ import annotations

import numpy as np

from ...plant import Plant
from .sheet import Sheet, Table
from .words import count


def overview(plant: Plant) -> Sheet:
    """Devices by class, cables by rule, feeds and pipes."""
    design = plant.design
    devices = []
    for cls in plant.classes:
        element = plant.element_of(cls)
        devices.append((f"{cls.count:,}", element.kind, design.path(element.index), element.definition))
    per_rule = np.bincount(plant.links.rule, minlength=len(design.rules))
    cables = []
    for rule in design.rules:
        if rule.medium == "link":
            ends = f"{design.path(rule.a.element)} -> {design.path(rule.z.element)}" if rule.z else ""
            using = " to ".join(dict.fromkeys(rule.using or ()))
            cables.append((f"{int(per_rule[rule.index]):,}", rule.tag, ends, using))
    others = [
        (
            f"{int(n):,}",
            word,
            f"{design.path(rule.a.element)} -> {design.path(rule.z.element)}",
            (rule.using or ("",))[0],
        )
        for word, medium, relation in (("feed", "feed", plant.feeds), ("pipe", "pipe", plant.pipes))
        for rule, n in zip(design.rules, np.bincount(relation.rule, minlength=len(design.rules)), strict=True)
        if rule.medium == medium and rule.z
    ]
    racks = count(len(plant.racks), "rack")
    return Sheet(
        f"{design.name}: {len(plant.devices):,} devices in {racks}, {len(plant.links):,} cables",
        tables=(
            Table("devices", ("devices", "kind", "path", "part"), devices),
            Table("cables", ("cables", "tag", "ends", "using"), cables),
            Table("feeds_and_pipes", ("count", "medium", "ends", "using"), others),
        ),
    )
