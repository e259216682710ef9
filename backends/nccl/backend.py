"""NCCL: what libraries of collectives and the programs that start jobs are told of a plant.

For each kind of server `nccl.conf` and, where its parts tell their PCI addresses, `topology.xml`; for each workload its
hosts and ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.clusters import Cluster, NodeClass, find_cluster
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...compiler.schema import PartAttributes
from ...compiler.simulation import Placed, place
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.cluster_notes import unless_named
from .._kit.safe import folder, is_host_name
from .jobs import find_job, hostfile, hosts_txt, ranks_csv, ranks_txt, torchrun
from .pci import addressed, faults, find_topology, inside, topology_xml, unknown
from .settings import find_fabric, nccl_conf

ROOT = "schedulers/nccl"

NVIDIA, AMD = "NVIDIA", "AMD"
"""Makers whose accelerators read these settings: AMD's RCCL has NCCL's variables, and reads them from /etc/rccl.conf
(rocm.docs.amd.com/projects/rccl, "RCCL environment variables"). Topology files are made for NVIDIA's alone."""


class Nccl:
    """The backend `nccl`."""

    name = "nccl"
    summary = "NCCL, torchrun and mpirun: settings of each kind of server, hosts and ranks of each workload"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        cluster = find_cluster(plant)
        found = [fault for node in cluster.classes for fault in faults(design, node)]
        found += _bad_names(plant, cluster)
        for node in kinds(cluster, NVIDIA):
            lacking = unknown(design, node)
            told = any(addressed(e) for e in inside(design, node))
            if lacking and (told or request.named):
                found.append(_unknown(node, lacking))
        for workload in design.workloads:
            placed = place(plant, workload)
            if isinstance(placed, Diagnostic):
                found.append(placed)
                continue
            job = find_job(placed)
            if not (job.by_server and job.even):
                found.append(
                    diagnose(
                        "RW8245",
                        workload.at("placement", "count", "ranks"),
                        detail=f"torchrun gives every server as many ranks, one after the other; those of "
                        f"{workload.name} are otherwise, so it has no torchrun.sh",
                        help="start it by ranks.txt with mpirun or srun, or choose `placement = packed`",
                    )
                )
        return unless_named(found, request, self.name)

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        cluster = find_cluster(plant)
        if request.shard or any(_bad_names(plant, cluster)):
            return
        for number, node in enumerate(cluster.classes):
            if node not in kinds(cluster, NVIDIA, AMD):
                continue
            fabric = find_fabric(plant, cluster, number)
            where = f"{ROOT}/servers/{folder(design.path(node.element.index).replace('.', '-'))}"
            if fabric is not None:
                yield Artifact(f"{where}/nccl.conf", nccl_conf(fabric).encode())
            if node not in kinds(cluster, NVIDIA):
                continue
            topology = find_topology(design, node, fabric is not None and fabric.infiniband)
            if topology is not None:
                yield Artifact(f"{where}/topology.xml", topology_xml(topology).encode())
        for workload in design.workloads:
            placed = place(plant, workload)
            if isinstance(placed, Placed):
                yield from _files(plant, f"{ROOT}/workloads/{folder(workload.name)}", placed)


def _files(plant: Plant, where: str, placed: Placed) -> Iterator[Artifact]:
    job = find_job(placed)
    yield Artifact(f"{where}/hosts.txt", hosts_txt(plant, job))
    yield Artifact(f"{where}/hostfile", hostfile(plant, job))
    yield Artifact(f"{where}/ranks.txt", ranks_txt(plant, job))
    yield Artifact(f"{where}/ranks.csv", ranks_csv(plant, job))
    if job.by_server and job.even:
        yield Artifact(f"{where}/torchrun.sh", torchrun(plant, job).encode())


def kinds(cluster: Cluster, *makers: str) -> list[NodeClass]:
    """The nodes with accelerators of some makers."""
    return [
        node
        for node in cluster.classes
        if any(isinstance(e.attributes, PartAttributes) and e.attributes.vendor in makers for e, _ in node.accelerators)
    ]


def _bad_names(plant: Plant, cluster: Cluster) -> Iterator[Diagnostic]:
    for node in cluster.classes:
        names = plant.devices.names[node.cls.first : node.cls.first + node.cls.count]
        bad = [name for name in names if not is_host_name(name)]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            yield diagnose(
                "RW8003",
                node.element.origin,
                detail=f"`{bad[0]}`{more}",
                help="use letters, digits, `-`, `_` and `.`, at most 63, and a letter or digit at both ends",
            )


def _unknown(node: NodeClass, lacking: str) -> Diagnostic:
    return diagnose(
        "RW8243",
        node.element.origin,
        detail=f"{lacking} in `{node.element.definition}`, so there is no topology.xml",
        help="on bare metal NCCL finds all of it by itself; for virtual machines add `pci` and `numa` to the "
        "accelerators, adapters and PCIe switches of the server, as `lspci -D` tells them",
    )
