"""Kubernetes: what an operator applies before the first job runs.

`nodes.yaml` has a Node for each server with its labels and nothing else, for `kubectl apply --server-side`.
`kueue.yaml` has Kueue's topologies, flavors and a queue with as many accelerators as are built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.clusters import Cluster, find_cluster, name_groups
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.cluster_notes import approximations, no_nodes, unless_named
from .kueue import flavors, kueue_yaml, resource_of
from .labels import Labels, is_node_name, is_value, make_labels

ROOT = "schedulers/kubernetes"


class Kubernetes:
    """The backend `kubernetes`."""

    name = "kubernetes"
    summary = "Kubernetes: labels that say where each node is, and Kueue's topology, flavors and queue"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        cluster = find_cluster(plant)
        if not len(cluster):
            return no_nodes(design)
        groups = name_groups(plant)
        labels = make_labels(plant, cluster, groups)
        bad = list(_bad_names(plant, cluster, labels))
        if bad:
            return unless_named(bad, request, self.name)
        return [*approximations(plant, cluster, groups), *_unknown(design, cluster)]

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        cluster = find_cluster(plant)
        if request.shard or not len(cluster):
            return
        labels = make_labels(plant, cluster, name_groups(plant))
        if any(_bad_names(plant, cluster, labels)):
            return
        yield Artifact(f"{ROOT}/nodes.yaml", nodes_yaml(labels).encode())
        yield Artifact(f"{ROOT}/kueue.yaml", kueue_yaml(flavors(cluster), design.workloads).encode())


def nodes_yaml(labels: Labels) -> str:
    """A document a node. Values are checked words, so quotes are all they need."""
    words = [pl.lit('---\napiVersion: v1\nkind: Node\nmetadata:\n  name: "'), labels.names, pl.lit('"\n  labels:\n')]
    for key, column in labels.columns.items():
        words.append(pl.select((pl.lit(f'    {key}: "') + column + pl.lit('"\n')).fill_null("")).to_series())
    return "".join(pl.select(pl.concat_str(words)).to_series().to_list())


def _bad_names(plant: Plant, cluster: Cluster, labels: Labels) -> Iterator[Diagnostic]:
    """An error for each class with a node that Kubernetes cannot have, and one for a label's value that is none."""
    names = labels.names.to_list()
    for number, node in enumerate(cluster.classes):
        mine = [names[row] for row in (cluster.cls == number).nonzero()[0].tolist()]
        bad = [name for name in mine if not is_node_name(name)]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            yield diagnose(
                "RW8231",
                node.element.origin,
                detail=f"`{bad[0]}`{more}",
                help="use lower-case letters, digits, `-` and `.`, at most 63, with a letter or digit on both sides of "
                "each `.`; an array of two dimensions has a `_` in its names, which a pattern in `name` avoids",
            )
    for key, column in labels.columns.items():
        bad = [value for value in column.drop_nulls().unique(maintain_order=True).to_list() if not is_value(value)]
        if bad:
            yield diagnose(
                "RW8231",
                plant.design.elements[0].origin,
                detail=f"`{bad[0]}` is no value of the label {key}",
                help="use letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit at both ends",
            )


def _unknown(design: Design, cluster: Cluster) -> Iterator[Diagnostic]:
    """A note for accelerators whose resource is not known, once for each definition."""
    told = set()
    for node in cluster.classes:
        for element, _ in node.accelerators:
            if not resource_of(element) and element.definition not in told:
                told.add(element.definition)
                yield diagnose(
                    "RW8241",
                    element.origin,
                    detail=f"`{element.definition}` is neither NVIDIA's nor AMD's, so no quota counts it",
                    help="add the resource that its device plugin registers to kueue.yaml; or say its `vendor`",
                )
