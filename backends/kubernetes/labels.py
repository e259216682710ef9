"""Labels of nodes: where each is in the fabric, in a scale-up domain and in the building, and what it is.

Keys of the fabric and of domains are those that Topograph writes from discovery (its 1.0, docs/reference/node-labels.md
at e2b62507), of which tier 0 is nearest to the node; zone and instance type are well-known labels of Kubernetes; `rack`
has no prefix, which marks a label of the cluster's own. Syntax: Kubernetes, "Labels and Selectors", "Object Names and
IDs".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.clusters import Cluster, Level
from ...compiler.design import Element
from ...compiler.instances import instance_column
from ...compiler.names import host_names
from ...compiler.plant import Plant
from .._kit.columns import pick

INSTANCE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"
RACK = "rack"
DOMAIN = "accelerator.topograph.run/domain"
TIER = "fabric.topograph.run/tier-{}"
HOST = "kubernetes.io/hostname"
"""Every kubelet sets this one by itself."""

VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_NAME = re.compile(r"(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

ZONES = ("hall", "building", "site")
"""What a zone is: the first of these kinds that encloses a node. Power and cooling fail by halls."""


@dataclass(frozen=True)
class Labels:
    """The nodes' names and, by key, a column of values: null where a node has no such label."""

    names: pl.Series
    columns: dict[str, pl.Series]


def is_node_name(name: str) -> bool:
    """Whether a node can be called so: a DNS subdomain, short enough to be the label of a host too."""
    return _NAME.fullmatch(name) is not None


def is_value(text: str) -> bool:
    """Whether a label can have this value."""
    return VALUE.fullmatch(text) is not None


def level_keys(cluster: Cluster) -> list[str]:
    """The label of each level of a cluster."""
    keys, tier = [], 0
    for level in cluster.levels:
        keys.append(DOMAIN if level.kind == "scale_up" else TIER.format(tier))
        tier += level.kind != "scale_up"
    return keys


def make_labels(plant: Plant, cluster: Cluster, groups: list[list[str]]) -> Labels:
    """All labels of all nodes."""
    # A kubelet takes its host's name in lower case.
    names = pl.Series(plant.devices.names, dtype=pl.String).gather(cluster.nodes).str.to_lowercase()
    slugs = pl.Series([node.slug for node in cluster.classes], dtype=pl.String)
    columns = {INSTANCE: slugs.gather(cluster.cls), ZONE: _zones(plant, cluster)}
    columns[RACK] = pick(pl.Series(plant.racks.names, dtype=pl.String), plant.devices.rack[cluster.nodes])
    for key, level, named in zip(level_keys(cluster), cluster.levels, groups, strict=True):
        columns[key] = pick(pl.Series(named, dtype=pl.String), level.group)
    return Labels(names, {key: column for key, column in columns.items() if column.count()})


def _zones(plant: Plant, cluster: Cluster) -> pl.Series:
    found = pl.Series([None] * len(cluster), dtype=pl.String)
    for number, node in enumerate(cluster.classes):
        zone = _zone(plant, node.element)
        if zone is not None:
            names = pl.Series(host_names(plant.design, zone.index), dtype=pl.String)
            mine = np.where(cluster.cls == number, instance_column(plant, zone.index)[cluster.nodes], -1)
            found = pl.select(pl.coalesce(pick(names, mine), found)).to_series()
    return found


def _zone(plant: Plant, element: Element) -> Element | None:
    chain = plant.design.chain(element.index)
    return next((e for kind in ZONES for e in reversed(chain) if e.kind == kind), None)


def whole_levels(cluster: Cluster, classes: list[int]) -> list[tuple[str, Level]]:
    """The levels in which every node of some classes has a group, farthest first, with their labels."""
    mine = np.isin(cluster.cls, classes)
    found = [
        (key, level)
        for key, level in zip(level_keys(cluster), cluster.levels, strict=True)
        if bool((level.group[mine] >= 0).all())
    ]
    return found[::-1]
