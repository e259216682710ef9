"""The cooling budget, for the people who size pumps, pipes and air handlers and sign for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Cooling:
    """`cooling/budget.csv` and `.json`, `racks.csv`, `loops.csv`, `failover.csv`; see docs/reference/cooling.md."""

    name = "cooling"
    summary = "heat, coolant and air of every device, rack and loop, and what follows from each single failure"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        # What is not known is listed in budget.json, and the checks warn of it.
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from ...compiler.cooling import cooling
        from ...compiler.cooling.failover import failover
        from .._kit.csv import write
        from .budget import budget, tables
        from .failures import failures
        from .loops import loops
        from .racks import racks
        from .summary import summary

        if request.shard:
            return
        found = cooling(plant)
        made = tables(found)
        yield Artifact("cooling/budget.csv", write([budget(made)]))
        yield Artifact("cooling/budget.json", summary(found, made))
        if len(plant.racks):
            yield Artifact("cooling/racks.csv", write([racks(found)]))
        # A spec without coolers has no loops, and nothing of them that could fail.
        if any(trait.cooler and cls.count for trait, cls in zip(found.traits, plant.classes, strict=True)):
            yield Artifact("cooling/loops.csv", write([loops(found)]))
            yield Artifact("cooling/failover.csv", write([failures(failover(found))]))
