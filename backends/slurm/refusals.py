"""What Slurm cannot be told, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.clusters import Cluster
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from .._kit.safe import is_host_name
from .files import detected_by
from .tree import Blocks

RESERVED = ("default", "all", "localhost")
"""Names that slurm.conf(5) gives a meaning of its own, in any case."""


def is_node_name(name: str) -> bool:
    """Whether a node or switch of Slurm can be called so."""
    return is_host_name(name) and name.casefold() not in RESERVED


def bad_names(plant: Plant, cluster: Cluster, groups: list[list[str]]) -> Iterator[Diagnostic]:
    """An error for each class with a node whose name Slurm cannot have, and for such a name of a switch."""
    for node in cluster.classes:
        names = plant.devices.names[node.cls.first : node.cls.first + node.cls.count]
        bad = [name for name in names if not is_node_name(name)]
        if bad:
            yield _bad(bad, node.element.origin)
    switches = {plant.devices.names[device] for level in cluster.levels for device in level.switches.tolist()}
    bad = [name for names in groups for name in names if not is_node_name(name)]
    first = [n for n in bad if n in switches] or bad
    if first:
        device = next((i for i, name in enumerate(plant.devices.names) if name == first[0]), None)
        element = plant.design.elements[0] if device is None else plant.element_of(plant.class_of(device))
        yield _bad(first, element.origin)


def _bad(bad: list[str], at: Span) -> Diagnostic:
    more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
    return diagnose(
        "RW8230",
        at,
        detail=f"`{bad[0]}`{more}",
        help="use letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit at both ends; `all`, `default` "
        "and `localhost` are Slurm's own",
    )


def unknowns(design: Design, cluster: Cluster) -> Iterator[Diagnostic]:
    """Notes on what is left for slurmd to find."""
    for node in cluster.classes:
        if not node.processors or node.cores is None:
            yield diagnose(
                "RW8236",
                node.element.origin,
                detail=f"`{node.element.definition}` tells no cores, so Slurm counts one processor",
                help="put its processors into the server with their `cores`, or add Sockets= and CoresPerSocket= of "
                "`slurmd -C` to nodes.conf",
            )
        if node.accelerators and not detected_by(node):
            yield diagnose(
                "RW8237",
                node.element.origin,
                detail=f"the accelerators of `{node.element.definition}` are none that slurmd finds by itself, so jobs "
                "are counted against them, and not bound to any",
                help="add their files to gres.conf, such as File=/dev/accel[0-7]; or say `vendor` if they are "
                "NVIDIA's, AMD's or Intel's",
            )


def uneven_blocks(cluster: Cluster, blocks: Blocks | None) -> Iterator[Diagnostic]:
    """A note where blocks differ, or nodes are in none."""
    level = cluster.scale_up
    if blocks is None or level is None:
        return
    outside = int((level.group < 0).sum())
    if outside:
        yield diagnose(
            "RW8238",
            cluster.classes[int(cluster.cls[(level.group < 0).argmax()])].element.origin,
            detail=f"{outside:,} nodes share no scale-up domain with another, so they are in no block",
            help="give them a partition of their own with Topology=fabric",
        )
