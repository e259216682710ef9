"""BookSim 2: any network as `anynet`, and a configuration that measures its latency.

Every rank is a router of its own with one node behind it: a node hangs on one router only and has no latency, and a
rank may have several links. Workloads over the same ranks share one folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design, Workload
from ...compiler.plant import Ints, Plant
from ...compiler.simulation import Graph, answers
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.csv import write
from .._kit.graphs import Part, find_parts, folders, nodes_table, notes, rates, readme_values
from .._kit.jinja import template
from .cycles import OVERHEAD, PIPELINE, count_cycles
from .expected import mean_latency

ROOT = "sim/booksim"
PACKETS = 500
"""Packets of a sample."""


class BookSim:
    """The backend `booksim`."""

    name = "booksim"
    summary = "BookSim 2: anynet topology and configuration of each workload"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        found = list(notes(design, plant, request))
        found += [speeds for part in find_parts(plant) if isinstance(part, Part) for speeds in _speeds(part)]
        return list(answers(found, request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        found = [(place, part) for place, part in folders(plant, ROOT) if _accepting(part) or _one_speed(part)]
        for place, part in found:
            yield from _folder(plant, place, part, readme_values(place, part, found))


def anynet(graph: Graph, latency: Ints) -> bytes:
    """The network: a line a router, with its node if it is a rank, and its channels out with their latency."""
    both = pl.DataFrame(
        {
            "near": np.r_[graph.a, graph.z],
            "far": np.r_[graph.z, graph.a],
            "latency": np.r_[latency, latency],
            "row": np.tile(np.arange(len(graph.a)), 2),
        }
    )
    words = both.sort("near", "row").select("near", word=pl.format(" router {} {}", "far", "latency"))
    lines = words.group_by("near", maintain_order=True).agg(pl.col("word").str.join(""))
    node = pl.when(pl.col("near") < graph.hosts).then(pl.format(" node {}", "near")).otherwise(pl.lit(""))
    text = lines.select(pl.format("router {}{}{}", "near", node, "word")).to_series()
    return ("\n".join(text) + "\n").encode()


def _accepting(part: Part) -> Workload | None:
    """The workload that takes what is not exact."""
    return next((w for w in part.workloads if w.attributes.approximate), None)


def _one_speed(part: Part) -> bool:
    return len(np.unique(part.graph.bundled().rate)) == 1


def _speeds(part: Part) -> Iterator[Diagnostic]:
    """What is lost if not all links are equally fast."""
    if _one_speed(part):
        return
    distinct, many = np.unique(part.graph.bundled().rate, return_counts=True)
    listed = [f"{count:,} of {rate}" for rate, count in zip(rates(distinct), many.tolist(), strict=True)]
    detail = f"{', '.join(listed)}" + (", parallel links taken together" if part.parallel else "")
    accepting = _accepting(part)
    if accepting:
        yield diagnose(
            "RW8163",
            accepting.at("approximate"),
            "as accepted here",
            detail=detail,
            help="read saturation of the fast links as a lower bound",
        )
    else:
        yield diagnose(
            "RW8162",
            part.workload.origin,
            "this workload",
            detail=detail,
            help="`approximate = true` in the workload takes all of them for as slow as the slowest",
        )


def _folder(plant: Plant, place: str, part: Part, about: dict[str, object]) -> Iterator[Artifact]:
    graph = part.graph.bundled()
    cycles = count_cycles(graph)
    yield Artifact(f"{place}/network.anynet", anynet(graph, cycles.latency))
    yield Artifact(f"{place}/nodes.csv", write([nodes_table(plant, graph)]))
    values = about | {
        "speeds": len(np.unique(graph.rate)),
        "slowest": rates(graph.rate.min().reshape(1))[0],
        "cycles": cycles,
        "pipeline": PIPELINE,
        "overhead": OVERHEAD,
        "mean": mean_latency(graph, cycles),
        "rate": _rate(graph),
        "period": ceil(PACKETS * cycles.packet / (_rate(graph) * graph.hosts)),
    }
    for name in ("fabric.cfg", "README.md"):
        yield Artifact(f"{place}/{name}", template(__package__, f"{name}.j2").render(values).encode())


def _rate(graph: Graph) -> Fraction:
    """Flits a cycle that each node sends: all together so few that packets hardly meet."""
    return min(Fraction(1, 50), Fraction(1, graph.hosts))
