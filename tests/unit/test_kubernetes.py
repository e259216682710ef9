"""Labels of nodes and objects of Kueue are of Kubernetes' syntax, and say where the plant has each node."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit.fabrics import SPECS, built, rendered
from unit.slurm_files import Tree, read_tree, ways_up
from unit.walks import servers

from rackwright.backends.kubernetes import Kubernetes
from rackwright.backends.slurm import Slurm
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant

NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
PREFIX = NAME
KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")

TIER, DOMAIN, TYPE = (
    "fabric.topograph.run/tier-",
    "accelerator.topograph.run/domain",
    "node.kubernetes.io/instance-type",
)


def made(name: str, **settings: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Design, Plant]:
    """Nodes, objects of Kueue, design, plant."""
    design, plant = built(SPECS / f"{name}.rack", settings)
    files = rendered(Kubernetes(), design, plant)
    nodes, kueue = (list(yaml.safe_load_all(files[f"schedulers/kubernetes/{f}.yaml"])) for f in ("nodes", "kueue"))
    return nodes, kueue, design, plant


def check_labels(labels: dict[str, str]) -> None:
    """Kubernetes, Labels and Selectors, "Syntax and character set"."""
    for key, value in labels.items():
        prefix, slash, name = key.rpartition("/")
        assert not slash or (len(prefix) <= 253 and PREFIX.fullmatch(prefix))
        assert len(name) <= 63 and KEY.fullmatch(name)
        assert isinstance(value, str) and len(value) <= 63 and (not value or KEY.fullmatch(value))


def check_kueue(objects: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """As config/components/crd/bases of Kueue asks: names, references that exist, no field that is not there."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in objects:
        assert one["apiVersion"] == "kueue.x-k8s.io/v1beta2"
        assert NAME.fullmatch(one["metadata"]["name"])
        found.setdefault(one["kind"], []).append(one)
    topologies = {t["metadata"]["name"] for t in found["Topology"]}
    flavors = {f["metadata"]["name"] for f in found["ResourceFlavor"]}
    for topology in found["Topology"]:
        levels = [level["nodeLabel"] for level in topology["spec"]["levels"]]
        assert 1 <= len(levels) <= 16 and len(levels) == len(set(levels)) and levels[-1] == "kubernetes.io/hostname"
    for flavor in found["ResourceFlavor"]:
        assert set(flavor["spec"]) == {"nodeLabels", "topologyName"} and flavor["spec"]["topologyName"] in topologies
        check_labels(flavor["spec"]["nodeLabels"])
    for queue in found.get("ClusterQueue", []):
        used: Counter[str] = Counter()
        for group in queue["spec"]["resourceGroups"]:
            for flavor in group["flavors"]:
                used[flavor["name"]] += 1
                assert [r["name"] for r in flavor["resources"]] == group["coveredResources"]
        assert set(used) <= flavors and set(used.values()) == {1}
    queues = {q["metadata"]["name"] for q in found.get("ClusterQueue", [])}
    assert {q["spec"]["clusterQueue"] for q in found.get("LocalQueue", [])} == queues
    return found


@pytest.mark.parametrize(
    ("name", "accelerators", "tiers"),
    [("llama3_24k", 24_576, 3), ("superpod_h100", 1_016, 2), ("catalina_nvl72", 288, 1), ("dual_plane_rail", 256, 1)],
)
def test_every_node_is_labelled_and_every_accelerator_counted(name: str, accelerators: int, tiers: int) -> None:
    nodes, kueue, _, plant = made(name)
    assert [n["metadata"]["name"] for n in nodes] == servers(plant)
    for node in nodes:
        assert (node["apiVersion"], node["kind"], set(node)) == ("v1", "Node", {"apiVersion", "kind", "metadata"})
        check_labels(node["metadata"]["labels"])
    found = check_kueue(kueue)
    (queue,) = found["ClusterQueue"]
    (group,) = queue["spec"]["resourceGroups"]
    (flavor,) = group["flavors"]
    assert flavor["resources"] == [{"name": "nvidia.com/gpu", "nominalQuota": accelerators}]
    (labels,) = (f["spec"]["nodeLabels"] for f in found["ResourceFlavor"])
    assert all(n["metadata"]["labels"][TYPE] == labels[TYPE] for n in nodes)
    levels = [level["nodeLabel"] for level in found["Topology"][0]["spec"]["levels"]]
    assert [level for level in levels if TIER in level] == [f"{TIER}{n}" for n in reversed(range(tiers))]
    assert all(level in n["metadata"]["labels"] for n in nodes for level in levels[:-1])


@pytest.mark.parametrize("name", ["llama3_24k", "superpod_h100", "lab_3tier"])
def test_labels_nest_as_the_tree_of_slurm(name: str) -> None:
    """A value of a tier has one value of the tier above; and they are Slurm's switches, leaf to root."""
    nodes, _, design, plant = made(name)
    tree: Tree = read_tree(rendered(Slurm(), design, plant)["schedulers/slurm/topology.conf"])
    way = ways_up(tree)
    for node in nodes:
        labels = node["metadata"]["labels"]
        tiers = sorted(key for key in labels if key.startswith(TIER))
        assert [labels[key] for key in tiers] == way[node["metadata"]["name"]]


def test_an_nvlink_domain_is_a_label_below_the_fabric() -> None:
    nodes, kueue, _, _ = made("catalina_nvl72")
    assert Counter(n["metadata"]["labels"][DOMAIN] for n in nodes) == {f"pod{p}-it": 18 for p in range(4)}
    (topology,) = check_kueue(kueue)["Topology"]
    assert [level["nodeLabel"] for level in topology["spec"]["levels"]] == [
        f"{TIER}0",
        DOMAIN,
        "kubernetes.io/hostname",
    ]


def test_places_are_racks_and_halls() -> None:
    nodes, _, _, plant = made("lab_4x2")
    for node in nodes:
        labels = node["metadata"]["labels"]
        device = plant.devices.names.index(node["metadata"]["name"])
        assert labels["rack"] == plant.racks.names[int(plant.devices.rack[device])]
        assert labels["topology.kubernetes.io/zone"] == "lab"


def test_capitals_are_written_small_as_kubelets_do(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "errors" / "RW8230-slurm-name.rack").read_text()
    path = tmp_path / "case.rack"
    path.write_text(text.replace("node{node}-", "Node{node}").replace("    # error: [RW8230]", ""))
    design, plant = built(path)
    files = rendered(Kubernetes(), design, plant)
    nodes = yaml.safe_load_all(files["schedulers/kubernetes/nodes.yaml"])
    assert [n["metadata"]["name"] for n in nodes] == ["node0", "node1"]


def test_files_are_left_out_where_a_name_is_none() -> None:
    design, plant = built(Path(__file__).parents[1] / "errors" / "RW8231-two-dimensions.rack")
    assert [d.code for d in Kubernetes().accepts(design, plant, Request())] == ["RW8232"]
    assert list(Kubernetes().render(design, plant, Request())) == []


def test_priorities_of_workloads_are_classes(tmp_path: Path) -> None:
    text = (SPECS / "lab_4x2.rack").read_text()
    spec = tmp_path / "jobs.rack"
    urgent = """
workload urgent {
    ranks      = lab.compute[0].host[*].accelerator[*]
    collective = all_reduce 1 MiB
    priority   = 7
}
"""
    spec.write_text(text + urgent)
    design, plant = built(spec)
    assert sorted(w.attributes.priority for w in design.workloads) == [0, 7]
    objects = list(yaml.safe_load_all(rendered(Kubernetes(), design, plant)["schedulers/kubernetes/kueue.yaml"]))
    (found,) = [o for o in objects if o["kind"] == "WorkloadPriorityClass"]
    assert (found["metadata"]["name"], found["value"]) == ("priority-7", 7)
