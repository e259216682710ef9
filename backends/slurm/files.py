"""The files, from columns and lists of names. No value holds a blank, a quote, `#` or `=`: see `refusals`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...compiler.clusters import Cluster, NodeClass, accelerator_types
from ...compiler.design import Design, Element
from ...compiler.plant import Plant
from ...compiler.schema import PartAttributes
from .._kit.placeholders import server
from .hostlist import compress
from .tree import Blocks, Switches, node_names

DETECTS = {"NVIDIA": "nvml", "AMD": "rsmi", "Intel": "oneapi"}
"""Makers whose accelerators slurmd finds by itself, and the word for it (gres.conf(5), AutoDetect)."""

TREE_HEAD = """\
# Which nodes are near to each other, for TopologyPlugin=topology/tree.
# A switch stands for all that join the same nodes.
"""

BLOCK_HEAD = """\
# Scale-up domains, for TopologyPlugin=topology/block (Slurm 24.05 or later): use this as topology.conf.
"""

YAML_HEAD = """\
# Both topologies by name, for partitions with Topology=... (Slurm 25.05 or later, which prefers this file to
# topology.conf).
"""


def class_lists(plant: Plant, cluster: Cluster) -> list[str]:
    """The nodes of each class as a list of names."""
    return compress(node_names(plant, cluster), cluster.cls, len(cluster.classes))


def partition_names(design: Design, cluster: Cluster) -> list[str]:
    """What the partition of each class is called: the path of its nodes, such as `pod-gpu-node`."""
    names = [design.path(n.element.index).replace(".", "-") for n in cluster.classes]
    count = Counter(name.casefold() for name in names)
    # Slurm has a partition of that name already, and two that differ in case alone are one.
    return [
        name if count[name.casefold()] == 1 and name.casefold() != "default" else f"{name}-{number}"
        for number, name in enumerate(names)
    ]


def nodes_conf(cluster: Cluster, lists: list[str]) -> str:
    lines = []
    types = accelerator_types(cluster.classes)
    for node, names in zip(cluster.classes, lists, strict=True):
        words = [f"NodeName={names}"]
        if node.processors and node.cores is not None:
            words += [f"Sockets={node.processors}", f"CoresPerSocket={node.cores}"]
        gres = [f"gpu:{types[e.index]}:{count}" for e, count in node.accelerators]
        if gres:
            words.append(f"Gres={','.join(gres)}")
        words.append(f"Feature={node.slug}")
        lines.append(" ".join(words))
    return _lines("# What each node has as far as the design knows; slurmd -C tells the rest.", lines)


def gres_conf(cluster: Cluster, lists: list[str]) -> str:
    lines = []
    types = accelerator_types(cluster.classes)
    for node, names in zip(cluster.classes, lists, strict=True):
        detect = detected_by(node)
        if detect:
            lines.append(f"NodeName={names} AutoDetect={detect}")
        else:
            lines += [f"NodeName={names} Name=gpu Type={types[e.index]} Count={n}" for e, n in node.accelerators]
    return _lines("# How slurmd finds the accelerators.", lines)


def detected_by(node: NodeClass) -> str:
    """How slurmd finds the accelerators of a node by itself; empty if it does not know how."""
    words = {DETECTS.get(_vendor(e), "") for e, _ in node.accelerators}
    return words.pop() if len(words) == 1 else ""


def _vendor(element: Element) -> str:
    attributes = element.attributes
    return (attributes.vendor or "") if isinstance(attributes, PartAttributes) else ""


def partitions_conf(design: Design, cluster: Cluster, lists: list[str]) -> str:
    """One partition a class: nodes of different kinds, or on fabrics of their own, are none to spread a job over."""
    sizes = [n.cls.count for n in cluster.classes]
    default = sizes.index(max(sizes))
    lines = [
        f"PartitionName={name} Nodes={names}{' Default=YES' if number == default else ''} MaxTime=INFINITE State=UP"
        for number, (name, names) in enumerate(zip(partition_names(design, cluster), lists, strict=True))
    ]
    return _lines("# A partition for each kind of node.", lines)


def slurm_conf(name: str, has_gres: bool) -> str:
    """An example that includes the others. Which machine slurmctld runs on, a design does not know."""
    return (
        "# An example to build on: how users are known, where state and logs are kept, and limits are yours.\n"
        f"ClusterName={cluster_name(name)}\n"
        f"SlurmctldHost={server('slurmctld')}\n"
        "SelectType=select/cons_tres\n"
        "SelectTypeParameters=CR_Core\n"
        "TopologyPlugin=topology/tree\n"
        + ("GresTypes=gpu\n" if has_gres else "")
        + "include nodes.conf\ninclude partitions.conf\n"
    )


def cluster_name(name: str) -> str:
    """A name as Slurm takes it: lower case, and short (slurm.conf(5), ClusterName)."""
    text = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower())[:40]
    return text or "cluster"


def topology_conf(switches: Switches) -> str:
    lines = [
        f"SwitchName={name} Nodes={nodes}" if nodes else f"SwitchName={name} Switches={children}"
        for name, nodes, children in zip(switches.names, switches.nodes, switches.children, strict=True)
    ]
    return TREE_HEAD + _lines("", lines)


def block_conf(blocks: Blocks) -> str:
    lines = [f"BlockName={name} Nodes={nodes}" for name, nodes in zip(blocks.names, blocks.nodes, strict=True)]
    return BLOCK_HEAD + _lines("", [*lines, f"BlockSizes={','.join(map(str, blocks.sizes))}"])


def topology_yaml(switches: Switches, blocks: Blocks | None) -> str:
    """Names are in quotes, for YAML would take some for numbers."""
    lines = ["- topology: fabric", "  cluster_default: true", "  tree:", "    switches:"]
    for name, nodes, children in zip(switches.names, switches.nodes, switches.children, strict=True):
        lines.append(f'      - switch: "{name}"')
        lines.append(f'        nodes: "{nodes}"' if nodes else f'        children: "{children}"')
    if blocks is not None:
        lines += ["- topology: scale-up", "  cluster_default: false", "  block:", "    block_sizes:"]
        lines += [f"      - {size}" for size in blocks.sizes]
        lines.append("    blocks:")
        for name, nodes in zip(blocks.names, blocks.nodes, strict=True):
            lines += [f'      - block: "{name}"', f'        nodes: "{nodes}"']
    return YAML_HEAD + _lines("", lines)


def _lines(head: str, lines: Iterable[str]) -> str:
    return "\n".join([*([head] if head else []), *lines, ""])
