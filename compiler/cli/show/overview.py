"""A whole plant in a few tables."""

from __future__ import annotations

import numpy as np

from ...design import Design
from ...plant import Plant
from ...simulation.ranks import named
from .compute import compute_table
from .sheet import Sheet, Table
from .words import count


def overview(plant: Plant) -> Sheet:
    """Devices by class, accelerators with their peaks, cables by rule, feeds and pipes, workloads."""
    design = plant.design
    devices = []
    for cls in plant.classes:
        element = plant.element_of(cls)
        devices.append((f"{cls.count:,}", element.kind, design.path(element.index), element.definition))
    per_rule = np.bincount(plant.segments.rule, minlength=len(design.rules))
    if plant.circuits is not None:
        per_rule += np.bincount(plant.circuits.passages.rule, minlength=len(design.rules))
    cables = []
    for rule in design.rules:
        if rule.medium == "link":
            ends = f"{design.path(rule.a.element)} -> {design.path(rule.z.element)}" if rule.z else ""
            using = " or ".join(" to ".join(dict.fromkeys(option)) for option in rule.options)
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
    accelerators, notes = compute_table(design)
    word = "cable" if plant.circuits is None else "link"
    racks = count(len(plant.racks), "rack")
    return Sheet(
        f"{design.name}: {len(plant.devices):,} devices in {racks}, {count(len(plant.links), word)}",
        tables=(
            Table("devices", ("devices", "kind", "path", "part"), devices),
            accelerators,
            Table("cables", (f"{word}s" if plant.circuits is None else "joins", "tag", "ends", "using"), cables),
            Table("feeds_and_pipes", ("count", "medium", "ends", "using"), others),
            Table("workloads", ("ranks", "workload", "placement", "what", "of"), _workloads(design)),
        ),
        notes=notes,
    )


def _workloads(design: Design) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for workload in design.workloads:
        attributes = workload.attributes
        what: str = "" if attributes.step is None else attributes.step.kind
        if attributes.collective is not None:
            what = f"{attributes.collective.kind} {attributes.collective.size}"
        row = (f"{named(workload):,}", workload.name, attributes.placement, what, attributes.ranks)
        found.append(row)
    return found
