"""What schedulers see less exactly than a plant is, told alike by the backends of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ...compiler.backend import Request
from ...compiler.clusters import Cluster, Level
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, Severity, diagnose
from ...dsl.source import Span


def no_nodes(design: Design) -> list[Diagnostic]:
    """The note that there is nothing to schedule on."""
    return [diagnose("RW8233", design.elements[0].origin, help="add servers, or accelerators to those that are there")]


def unless_named(found: Iterable[Diagnostic], request: Request, backend: str) -> list[Diagnostic]:
    """Errors as they are if this backend was asked for; else one warning for each that its files are left out."""
    if request.named:
        return list(found)
    return [
        d
        if d.severity is not Severity.ERROR
        else diagnose(
            "RW8232",
            None if d.at is None else d.at.span,
            "" if d.at is None else d.at.text,
            detail=f"{backend}: {d.summary}: {d.detail}",
            help=d.help,
        )
        for d in found
    ]


def approximations(plant: Plant, cluster: Cluster, names: list[list[str]]) -> Iterator[Diagnostic]:
    """Leaves that are told as one, links that are no tree's, trees that nothing joins, nodes without any link."""
    for level, named in zip(cluster.levels, names, strict=True):
        if level.kind == "tier" and level.tier == 1:
            yield from _leaves(plant, cluster, level, named)
        elif level.kind == "side":
            yield from _sideways(plant, cluster, level)
    yield from _apart(cluster)
    yield from _alone(plant, cluster)


def _leaves(plant: Plant, cluster: Cluster, level: Level, named: list[str]) -> Iterator[Diagnostic]:
    """A note where nodes are linked to several leaves, which a scheduler's tree does not have."""
    many = np.bincount(level.of, minlength=level.count)
    wide = np.flatnonzero(many > 1)
    if not len(wide):
        return
    group = int(wide[0])
    leaves = level.switches[level.of == group]
    first, last = (plant.devices.names[int(device)] for device in (leaves[0], leaves[-1]))
    more = f", and {len(wide) - 1:,} groups like it" if len(wide) > 1 else ""
    yield diagnose(
        "RW8234",
        _fabric(plant, cluster, int(np.argmax(level.group == group))),
        detail=f"`{named[group]}` stands for {len(leaves):,} leaves, {first} to {last}{more}: its nodes are linked to "
        "more than one",
        help="nothing is to be done if each rail has a leaf; traffic between rails changes inside the servers",
    )


def _sideways(plant: Plant, cluster: Cluster, level: Level) -> Iterator[Diagnostic]:
    what = f"switches of tier {level.tier}" if level.tier else "nodes"
    yield diagnose(
        "RW8239",
        _fabric(plant, cluster, int(np.argmax(level.group >= 0))),
        detail=f"links join {what} with each other; what they join is told as one group, however many links apart",
        help="a mesh, torus or dragonfly has no tree; place jobs by host names where it matters",
    )


def _apart(cluster: Cluster) -> Iterator[Diagnostic]:
    """A note where nodes of one class are in several trees, so that no job can have all of them."""
    root = cluster.trees
    for number, node in enumerate(cluster.classes):
        mine = root[(cluster.cls == number) & (root >= 0)]
        count = len(np.unique(mine))
        if count > 1:
            yield diagnose(
                "RW8235",
                node.element.origin,
                detail=f"its {node.cls.count:,} nodes are in {count:,} trees, so a job has those of one tree at most",
                help="join them by one network if a job shall span more",
            )


def _alone(plant: Plant, cluster: Cluster) -> Iterator[Diagnostic]:
    rows = np.flatnonzero(cluster.alone)
    if len(rows) and len(cluster) > 1:
        first = int(rows[0])
        node = cluster.classes[int(cluster.cls[first])]
        more = f", and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        yield diagnose(
            "RW8240",
            node.element.origin,
            detail=f"{plant.devices.names[int(cluster.nodes[first])]}{more}",
            help="link them to a switch, or expect jobs of one node there",
        )


def _fabric(plant: Plant, cluster: Cluster, node: int) -> Span:
    """Where the fabric of a node is told; the node's own place if it has no name."""
    network = int(cluster.network[node])
    if network >= 0:
        return plant.design.networks[network].origin
    return cluster.classes[int(cluster.cls[node])].element.origin
