"""Slurm: what slurmctld and slurmd read of a plant.

`nodes.conf`, `gres.conf` and `partitions.conf` for slurm.conf to include, `topology.conf` with the fabrics as trees,
`topology-block.conf` with scale-up domains of several servers, `topology.yaml` with both, and a `slurm.conf` to start
from. Sources: slurm.conf(5), gres.conf(5), topology.conf(5) of Slurm 22.05, topology.yaml(5) of 25.05.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.clusters import find_cluster, name_groups
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.cluster_notes import approximations, no_nodes, unless_named
from . import files
from .refusals import bad_names, uneven_blocks, unknowns
from .tree import make_blocks, make_switches

ROOT = "schedulers/slurm"


class Slurm:
    """The backend `slurm`."""

    name = "slurm"
    summary = "Slurm: nodes with their accelerators, partitions, and topology as a tree and as blocks"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        cluster = find_cluster(plant)
        if not len(cluster):
            return no_nodes(design)
        names = name_groups(plant)
        bad = list(bad_names(plant, cluster, names))
        if bad:
            return unless_named(bad, request, self.name)
        blocks = make_blocks(plant, cluster, names)
        return [
            *approximations(plant, cluster, names),
            *unknowns(design, cluster),
            *uneven_blocks(cluster, blocks),
        ]

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        cluster = find_cluster(plant)
        if request.shard or not len(cluster):
            return
        names = name_groups(plant)
        if any(bad_names(plant, cluster, names)):
            return
        lists = files.class_lists(plant, cluster)
        switches, blocks = make_switches(plant, cluster, names), make_blocks(plant, cluster, names)
        has_gres = any(node.accelerators for node in cluster.classes)
        found = {
            "slurm.conf": files.slurm_conf(design.name, has_gres),
            "nodes.conf": files.nodes_conf(cluster, lists),
            "partitions.conf": files.partitions_conf(design, cluster, lists),
            "topology.conf": files.topology_conf(switches),
            "topology.yaml": files.topology_yaml(switches, blocks),
        }
        if has_gres:
            found["gres.conf"] = files.gres_conf(cluster, lists)
        if blocks is not None:
            found["topology-block.conf"] = files.block_conf(blocks)
        for name, text in found.items():
            yield Artifact(f"{ROOT}/{name}", text.encode())
