"""Kueue: a topology, a flavor and a share of a queue for each kind of node.

Objects are of kueue.x-k8s.io/v1beta2; their fields were checked against config/components/crd/bases of
kubernetes-sigs/kueue at ff69552e. A topology lists labels from the farthest to the nearest; a node that lacks one of
them is no part of it, so each kind of node has a topology of the levels that all its nodes are in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...compiler.clusters import Cluster
from ...compiler.design import Element, Workload
from ...compiler.schema import PartAttributes
from .labels import HOST, INSTANCE, whole_levels

API = "kueue.x-k8s.io/v1beta2"

RESOURCES = {"NVIDIA": "nvidia.com/gpu", "AMD": "amd.com/gpu"}
"""What the device plugin of a maker calls its accelerators."""

QUEUE = "all"


@dataclass(frozen=True)
class Flavor:
    """Nodes of one definition: their label, the levels' labels from the farthest, and accelerators by resource."""

    name: str
    instance: str
    levels: tuple[str, ...]
    quotas: dict[str, int]


def flavors(cluster: Cluster) -> list[Flavor]:
    """The kinds of nodes by the label that tells them, in the order of nodes."""
    of_slug: dict[str, list[int]] = {}
    for number, node in enumerate(cluster.classes):
        of_slug.setdefault(node.slug, []).append(number)
    count = Counter(_object_name(slug) for slug in of_slug)
    found = []
    for place, (slug, classes) in enumerate(of_slug.items()):
        quotas: Counter[str] = Counter()
        for number in classes:
            node = cluster.classes[number]
            for element, many in node.accelerators:
                resource = resource_of(element)
                if resource:
                    quotas[resource] += many * node.cls.count
        name = _object_name(slug)
        levels = (*(key for key, _ in whole_levels(cluster, classes)), HOST)
        found.append(
            Flavor(name if count[name] == 1 else f"{name}-{place}", slug, levels, dict(sorted(quotas.items())))
        )
    return found


def resource_of(element: Element) -> str:
    """The resource that stands for an accelerator; empty where nobody knows."""
    attributes = element.attributes
    return RESOURCES.get(attributes.vendor or "", "") if isinstance(attributes, PartAttributes) else ""


def _object_name(slug: str) -> str:
    """A definition's name as Kubernetes calls objects: a DNS label."""
    return re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:50].strip("-") or "nodes"


def kueue_yaml(found: list[Flavor], workloads: Iterable[Workload]) -> str:
    """Topologies and flavors of all kinds of nodes, a queue over those with accelerators, and a class for each
    priority that workloads have."""
    parts = [part for flavor in found for part in (_topology(flavor), _flavor(flavor))]
    counted = [flavor for flavor in found if flavor.quotas]
    if counted:
        parts += [_cluster_queue(counted), _local_queue()]
    parts += [_priority(value) for value in sorted({w.attributes.priority for w in workloads} - {0})]
    return "---\n".join(parts)


def _priority(value: int) -> str:
    """A job takes it by the label `kueue.x-k8s.io/priority-class`."""
    return f'apiVersion: {API}\nkind: WorkloadPriorityClass\nmetadata:\n  name: "priority-{value}"\nvalue: {value}\n'


def _topology(flavor: Flavor) -> str:
    lines = [f"apiVersion: {API}", "kind: Topology", "metadata:", f'  name: "{flavor.name}"', "spec:", "  levels:"]
    return "\n".join([*lines, *(f"    - nodeLabel: {key}" for key in flavor.levels), ""])


def _flavor(flavor: Flavor) -> str:
    return (
        f'apiVersion: {API}\nkind: ResourceFlavor\nmetadata:\n  name: "{flavor.name}"\n'
        f'spec:\n  nodeLabels:\n    {INSTANCE}: "{flavor.instance}"\n  topologyName: "{flavor.name}"\n'
    )


def _cluster_queue(found: list[Flavor]) -> str:
    """A group of resources has the same ones for each of its flavors, and a flavor is in one group."""
    groups: dict[tuple[str, ...], list[Flavor]] = {}
    for flavor in found:
        groups.setdefault(tuple(flavor.quotas), []).append(flavor)
    lines = [
        "# Processors and memory are not counted here: add them, or name them in resources.excludeResourcePrefixes of",
        "# Kueue's configuration.",
        f"apiVersion: {API}",
        "kind: ClusterQueue",
        "metadata:",
        f'  name: "{QUEUE}"',
        "spec:",
        "  namespaceSelector: {}",
        "  resourceGroups:",
    ]
    for resources, members in groups.items():
        lines += [f"    - coveredResources: [{', '.join(resources)}]", "      flavors:"]
        for flavor in members:
            lines += [f'        - name: "{flavor.name}"', "          resources:"]
            for resource in resources:
                lines += [f"            - name: {resource}", f"              nominalQuota: {flavor.quotas[resource]}"]
    return "\n".join([*lines, ""])


def _local_queue() -> str:
    return (
        f'apiVersion: {API}\nkind: LocalQueue\nmetadata:\n  namespace: "default"\n  name: "{QUEUE}"\n'
        f'spec:\n  clusterQueue: "{QUEUE}"\n'
    )
