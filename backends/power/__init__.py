"""The power budget, for the people who size feeds and sign for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Power:
    """`power/budget.csv` and `power/budget.json`; see docs/reference/power.md."""

    name = "power"
    summary = "power budget of every device, feeder, rack and building, as CSV and JSON"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        # What is not modelled is listed in budget.json, and the checks warn of unknown figures.
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from ...compiler.power.budget import budget
        from .._kit.csv import write
        from .rows import frames
        from .summary import summary

        if request.shard:
            return
        found = budget(plant)
        yield Artifact("power/budget.csv", write(frames(found)))
        yield Artifact("power/budget.json", summary(found))
