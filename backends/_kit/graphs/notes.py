"""What every backend of plain graphs says of a design."""

from __future__ import annotations

from collections.abc import Iterator

from ....compiler.backend import Request
from ....compiler.design import Design
from ....compiler.plant import Plant
from ....compiler.simulation import no_workload
from ....dsl.diagnostics import Diagnostic, diagnose
from .part import LIMIT, find_parts


def notes(design: Design, plant: Plant, request: Request) -> Iterator[Diagnostic]:
    """No workload at all, workloads without a graph, what is taken as zero, and which part of the ranks is written."""
    if not design.workloads:
        yield no_workload(design)
    for part in find_parts(plant):
        if isinstance(part, Diagnostic):
            yield part
            continue
        at = part.workload.origin
        # Simulators of tiers say the same of a workload; who asks for this backend alone hears it from here.
        if part.graph.zeros and request.named:
            yield diagnose(
                "RW8103",
                at,
                "this workload",
                detail=listed(part.graph.zeros),
                help="state them in the parts and place the racks on a floor plan, or read simulated times as bounds",
            )
        if not part.whole:
            yield diagnose(
                "RW8160",
                at,
                "these ranks",
                detail=f"{part.graph.hosts:,} of {part.total:,} ranks, {part.name}; at most {LIMIT:,} are written",
                help="to simulate others, name them in the workload's `ranks`",
            )


def listed(words: tuple[str, ...], most: int = 6) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
