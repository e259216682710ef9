"""Racks and floors, for the people who build the hall and fill the racks: tables and drawings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Space:
    """`space/elevations.csv`, `racks.csv`, `floor.json` and drawings; see docs/reference/space.md."""

    name = "space"
    summary = "rack elevations, floor plans and weights, as CSV, JSON and SVG"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        # What is not known stays empty, is counted beside it, and the checks warn of it where it matters.
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from ...compiler.space import elevations, floor_plan, weights
        from .._kit.csv import write
        from .._kit.safe import folder
        from .elevation_svg import elevation_svg
        from .floor_svg import floor_svg
        from .layouts import layouts
        from .summary import summary
        from .tables import elevation_frame, rack_frame

        if request.shard or not len(plant.racks):
            return
        found, plan = elevations(plant), floor_plan(plant)
        weighed = weights(plant, plan)
        drawn = layouts(plan)
        yield Artifact("space/elevations.csv", write([elevation_frame(found)]))
        yield Artifact("space/racks.csv", write([rack_frame(found, plan, weighed)]))
        yield Artifact("space/floor.json", summary(plan, weighed, drawn))
        for layout in drawn:
            yield Artifact(layout.file, floor_svg(plan, weighed, layout))
        for element, weight in weighed.racks.items():
            yield Artifact(f"space/elevation-{folder(design.path(element))}.svg", elevation_svg(found, weight))
