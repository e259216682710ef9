"""The power budget, for the people who size feeds and sign for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Power:
    """`power/`: budget, feeds, phases and failover; see docs/reference/power.md."""

    name = "power"
    summary = "power budget, feeds, phases and single failures, as CSV and JSON"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        # What is not modelled is listed in budget.json, and the checks warn of unknown figures.
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from ...compiler.power.budget import budget
        from ...compiler.power.currents import currents
        from ...compiler.power.failover import failover
        from ...compiler.power.feeds import feed_lines
        from .._kit.csv import write
        from .chain import failover_frame, feed_frame, phase_frames
        from .rows import frames
        from .summary import summary

        if request.shard:
            return
        found = budget(plant)
        yield Artifact("power/budget.csv", write(frames(found)))
        yield Artifact("power/budget.json", summary(found))
        if not len(plant.feeds):
            return
        carried = currents(plant, found.flow)
        yield Artifact("power/feeds.csv", write([feed_frame(feed_lines(plant, found.flow, carried))]))
        yield Artifact("power/failover.csv", write([failover_frame(plant, failover(plant))]))
        phases = list(phase_frames(plant, found.flow, carried))
        if phases:
            yield Artifact("power/phases.csv", write(phases))
