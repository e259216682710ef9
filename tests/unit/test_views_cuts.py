"""Flows on the quotient equal flows on the whole graph of devices."""

from __future__ import annotations

from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.power_specs import Spec, element, plant_of

from rackwright.compiler.plant import Plant
from rackwright.compiler.views.cuts import bisection, path_diversity
from rackwright.compiler.views.fabric import data_links, edges, neighbours, oversubscription, tiers
from rackwright.compiler.views.symmetry import Wiring, quotient, refine

SOURCE, SINK = -1, -2

LEAF_SPINE = """
rack r { tor : tor; box[2] : box
    link box[b].nic[n] -> tor.eth[2*b + n] }
row w { r[4] : r; spine[UP] : tor
    link r[i].tor.eth[4 + s] -> spine[s].eth[i] }
"""

TORUS = """
server chip { peak_power = 1 W; x[2] : port { speed = 100 Gbps }; y[2] : port { speed = 200 Gbps } }
row w { chip[4, 6] : chip
    link chip[x, y].x[0] -> chip[(x + 1) mod 4, y].x[1]
    link chip[x, y].y[0] -> chip[x, (y + 1) mod 6].y[1] }
"""

PODS = """
row pod { leaf[2] : tor; spine[3] : tor; box[4] : box
    link box[b].nic[n] -> leaf[n].eth[b]
    link leaf[l].eth[8 + s] -> spine[s].eth[l] }
hall h { pod[3] : pod; core[6] : tor
    link pod[p].spine[s].eth[8 + c] -> core[2*s + c].eth[p] for c in 0..1 }
"""


def whole_graph(plant: Plant, nodes: set[int]) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    links = plant.links
    for a, z, speed in zip(links.a_device.tolist(), links.z_device.tolist(), links.speed.tolist(), strict=True):
        if a in nodes and z in nodes:
            for near, far in ((a, z), (z, a)):
                before = graph.get_edge_data(near, far, {"capacity": 0})["capacity"]
                graph.add_edge(near, far, capacity=before + speed)
    return graph


def between_halves(plant: Plant, nodes: set[int], ends: list[int]) -> int:
    graph = whole_graph(plant, nodes)
    half = len(ends) // 2
    for device in ends[:half]:
        graph.add_edge(SOURCE, device)
    for device in ends[len(ends) - half :]:
        graph.add_edge(device, SINK)
    return int(nx.maximum_flow_value(graph, SOURCE, SINK))


def of_kind(plant: Plant, *kinds: str) -> list[int]:
    return [d for c in plant.classes_of_kind(*kinds) for d in range(c.first, c.first + c.count)]


@pytest.mark.parametrize("up", [1, 2, 4])
def test_bisection_of_a_leaf_and_spine_fabric(spec: Spec, up: int) -> None:
    plant = plant_of(spec, LEAF_SPINE.replace("UP", str(up)))
    ends = of_kind(plant, "server")
    found = bisection(plant, 0)
    assert found.tolist() == [between_halves(plant, set(range(len(plant.devices))), ends)]
    assert found.tolist() == [2 * up * 100 * 10**9]


def test_bisection_of_a_torus_where_every_chip_forwards(spec: Spec) -> None:
    plant = plant_of(spec, TORUS)
    # Two rows of the first dimension against two: six rings cut twice, at 100 Gbps.
    assert bisection(plant, 0).tolist() == [12 * 100 * 10**9]
    assert bisection(plant, 0).tolist() == [between_halves(plant, set(range(24)), list(range(24)))]


def test_bisection_inside_each_instance(spec: Spec) -> None:
    plant = plant_of(spec, PODS)
    pod = element(plant, "pod")
    own = [d for d in range(len(plant.devices)) if plant.devices.names[d].startswith("pod0-")]
    servers = [d for d in of_kind(plant, "server") if d in own]
    assert bisection(plant, pod).tolist() == [between_halves(plant, set(own), servers)] * 3
    # Of three pods' twelve servers the first six and the last six are halves.
    assert bisection(plant, 0).tolist() == [
        between_halves(plant, set(range(len(plant.devices))), of_kind(plant, "server"))
    ]


def fewest_paths(plant: Plant, a: list[int], z: list[int]) -> int:
    switches = set(of_kind(plant, "switch"))
    best = 10**9
    for source in a:
        for sink in z:
            if source != sink:
                graph = whole_graph(plant, switches | {source, sink})
                for _, _, data in graph.edges(data=True):
                    data["capacity"] //= 100 * 10**9
                best = min(best, int(nx.maximum_flow_value(graph, source, sink)))
    return best


@pytest.mark.parametrize("ends", [("pod.leaf", "pod.leaf"), ("pod.box", "pod.box"), ("pod.leaf", "core")])
def test_path_diversity(spec: Spec, ends: tuple[str, str]) -> None:
    plant = plant_of(spec, PODS)
    classes = [next(c for c in plant.classes if c.element == element(plant, path)) for path in ends]
    a, z = (list(range(c.first, c.first + c.count)) for c in classes)
    found = path_diversity(plant, (classes[0],), (classes[1],))
    assert found is not None
    assert found[0] == fewest_paths(plant, a, z)


def test_one_device_alone_has_no_paths(spec: Spec) -> None:
    plant = plant_of(spec, "row w { a : tor; b : tor; link a.eth[0] -> b.eth[0] }")
    assert path_diversity(plant, plant.classes[:1], plant.classes[:1]) is None


def test_oversubscription_and_tiers(spec: Spec) -> None:
    plant = plant_of(spec, LEAF_SPINE.replace("UP", "3"))
    cls = {plant.element_of(c).name: c for c in plant.classes}
    found = oversubscription(plant, (cls["tor"],), (cls["spine"],))
    assert found is not None and found[0] == Fraction(4, 3)
    assert oversubscription(plant, (cls["spine"],), (cls["box"],)) is None
    found_edges = edges(plant)
    assert tiers(plant, neighbours(found_edges)) == {cls["box"].index: 0, cls["tor"].index: 1, cls["spine"].index: 2}
    for edge in found_edges:  # what is told of `a` is of the class that stands on the a side of the links
        rows = plant.links.rule == edge.rule
        assert set(plant.devices.cls[plant.links.a_device[rows]].tolist()) == {edge.a}
        assert set(plant.devices.cls[plant.links.z_device[rows]].tolist()) == {edge.z}
    assert sorted((e.links, e.per_a, e.per_z) for e in found_edges) == [(12, (3, 3), (4, 4)), (16, (2, 2), (4, 4))]


def test_management_ports_are_no_part_of_the_fabric(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        switch m { peak_power = 1 W; eth[4] : port { speed = 100 Gbps }
            mgmt : port { speed = 1 Gbps, management = true } }
        row w { a : m; b : m; link a.eth[0] -> b.eth[0]; link a.mgmt -> b.mgmt }
        """,
    )
    speeds = plant.links.speed[data_links(plant)]
    assert speeds.tolist() == [100 * 10**9]


@given(st.data())
def test_a_flow_on_the_quotient_is_the_flow_on_the_whole(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 7))
    node = st.integers(0, size - 1)
    links = data.draw(st.lists(st.tuples(node, node, st.integers(1, 3)).filter(lambda t: t[0] != t[1]), max_size=14))
    side = np.array(data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)), dtype=np.int64)
    a, z, capacity = (np.array([link[i] for link in links], dtype=np.int64) for i in range(3))
    wiring = Wiring(size, a, z, capacity)
    colors = refine(wiring, side)
    reduced: nx.DiGraph[int] = nx.DiGraph()
    for (n, f), c in quotient(wiring, colors).items():
        reduced.add_edge(n, f, capacity=c)
    whole: nx.DiGraph[int] = nx.DiGraph()
    for n, f, c in links:
        for near, far in ((n, f), (f, n)):
            before = whole.get_edge_data(near, far, {"capacity": 0})["capacity"]
            whole.add_edge(near, far, capacity=before + c)
    for graph, names in ((reduced, colors.tolist()), (whole, list(range(size)))):
        graph.add_nodes_from((SOURCE, SINK))
        graph.add_edges_from((SOURCE, names[i]) for i in range(size) if side[i] == 1)
        graph.add_edges_from((names[i], SINK) for i in range(size) if side[i] == 2)
    assert nx.maximum_flow_value(reduced, SOURCE, SINK) == nx.maximum_flow_value(whole, SOURCE, SINK)
