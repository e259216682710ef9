"""What the people who buy and pull cables need: a cable list, labels, a pull schedule, trays, a bill of materials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Cabling:
    """`cabling/*.csv`; see docs/reference/cabling.md."""

    name = "cabling"
    summary = "cable list, labels, pull schedule, trays and bill of materials, as CSV"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        from .gaps import gaps

        return () if request.shard else gaps(plant)

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from ...compiler.cabling.bill import bill
        from ...compiler.cabling.cables import cables
        from ...compiler.cabling.fill import fill
        from ...compiler.cabling.laid import laid
        from ...compiler.cabling.pulls import pulls
        from ...compiler.cabling.ways import ways
        from .._kit.cabling.bill import bill_frame
        from .._kit.cabling.lists import cable_frames, label_frames
        from .._kit.cabling.patching import patch_frame
        from .._kit.cabling.schedule import pull_frame
        from .._kit.cabling.trays import tray_frame
        from .._kit.cabling.words import words
        from .._kit.csv import write

        if request.shard:
            return
        made, way, called = cables(plant), ways(plant), words(plant)
        pulled = laid(plant, made, way)
        yield Artifact("cabling/bom.csv", write([bill_frame(bill(plant, made))]))
        yield Artifact("cabling/cables.csv", write(cable_frames(plant, made, way, called)))
        yield Artifact("cabling/labels.csv", write(label_frames(plant, made, way, called)))
        if plant.circuits is not None:
            patches = patch_frame(plant, plant.circuits, way.plans, called)
            yield Artifact("cabling/patching.csv", write([patches]))
        yield Artifact("cabling/pulls.csv", write([pull_frame(plant, pulled, pulls(plant, pulled))]))
        yield Artifact("cabling/trays.csv", write([tray_frame(fill(plant, pulled))]))
