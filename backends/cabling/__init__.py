"""What the people who buy and pull cables need: a cable list, labels to print, a bill of materials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Cabling:
    """`cabling/cables.csv`, `cabling/labels.csv` and `cabling/bom.csv`; see docs/reference/cabling.md."""

    name = "cabling"
    summary = "cable list, cable labels and bill of materials, as CSV"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        from .gaps import gaps

        return () if request.shard else gaps(plant)

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from ...compiler.cages import plugged
        from .._kit.csv import write
        from .bom import bom
        from .cables import cable_frames, label_frames
        from .runs import material, runs

        if request.shard:
            return
        seen = plugged(plant)
        made_of, ordered = material(plant), runs(plant, seen)
        yield Artifact("cabling/bom.csv", write([bom(plant, made_of, ordered, seen)]))
        yield Artifact("cabling/cables.csv", write(cable_frames(plant, made_of, ordered)))
        yield Artifact("cabling/labels.csv", write(label_frames(plant)))
