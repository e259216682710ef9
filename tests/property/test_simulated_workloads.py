"""Any workload that the checks take: the simulators get it or are told why not, and the files hang together."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from unit.chakra_reader import Node, read_nodes
from unit.packet_files import read_simai
from unit.test_astra_steps import MODEL, PLANT

from rackwright.backends.astra_sim import AstraSim
from rackwright.backends.simai import SimAI
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec
from rackwright.dsl.diagnostics import has_errors


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workloads") / "any.rack"


def degrees() -> st.SearchStrategy[int]:
    return st.sampled_from([1, 2, 3, 4, 6, 8])


@st.composite
def bodies(draw: st.DrawFn) -> str:
    choice = draw(st.integers(0, 4))
    if choice < 2:
        kind = draw(st.sampled_from(["all_reduce", "all_gather", "reduce_scatter", "all_to_all"]))
        algorithm = draw(st.sampled_from(["ring", "direct", "halving_doubling", "hierarchical"]))
        group = f", group = {draw(degrees())}, stride = {draw(degrees())}" if draw(st.booleans()) else ""
        return f"collective = {kind} {{ size = 999 kB, algorithm = {algorithm}{group} }}"
    if choice == 2:
        sender, receiver = draw(st.integers(0, 23)), draw(st.integers(0, 23))
        return f"collective = point_to_point {{ size = 999 kB, sender = {sender}, receiver = {receiver} }}"
    tensor, pipeline, expert = draw(degrees()), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    degree = f"tensor = {tensor}, pipeline = {pipeline}, expert = {expert}"
    model = MODEL.replace("layers", f"experts = {4 * (expert - 1) + 1}, layers")
    if choice == 3:
        context = draw(st.integers(1, 2))
        return f"{model}\n step = training {{ {degree}, context = {context}, sequence = 96, batch = 48 }}"
    return f"{model}\n step = inference {{ {degree}, prompt = 64, output = 8, batch = 4 }}"


@given(
    body=bodies(),
    placement=st.sampled_from(["packed", "spread", "rail"]),
    boxes=st.sampled_from([2, 3, 4, 6]),
    approximate=st.booleans(),
    shape=st.sampled_from(["switch", "mesh", "ring"]),
)
def test_any_workload(path: Path, body: str, placement: str, boxes: int, approximate: bool, shape: str) -> None:
    text = PLANT.replace("box[4]", f"box[{boxes}]").replace("scale_up = switch", f"scale_up = {shape}")
    about = f"placement = {placement}\n approximate = {str(approximate).lower()}"
    path.write_text(text + f"workload w {{ ranks = hall.unit.box[*].accelerator[*]\n {about}\n {body} }}\n")
    done = compile_spec(str(path), {})
    if has_errors(done.diagnostics) or done.design is None or done.plant is None:
        return
    request = Request(named=True)
    for backend in (AstraSim(), SimAI()):
        told = list(backend.accepts(done.design, done.plant, request))
        found = {a.path: a.data for a in backend.render(done.design, done.plant, request)}
        assert bool(found) or has_errors(told)
        if has_errors(told):
            continue
        if isinstance(backend, SimAI):
            assert "sim/simai/w.txt" in found
            read_simai(found["sim/simai/topology.txt"].decode())
        else:
            _hangs_together({name.removeprefix("sim/astra_sim/"): data for name, data in found.items()}, 4 * boxes)


def _hangs_together(files: dict[str, bytes], ranks: int) -> None:
    network = yaml.safe_load(files.get("network_w.yml", files["network.yml"]))
    groups = json.loads(files.get("groups_w.json", b"{}"))
    dims: list[int] = network["npus_count"]
    assert math.prod(dims) == ranks
    traces = [read_nodes(files[f"workload/w.{rank}.et"]) for rank in range(ranks)]
    messages: dict[int, list[str]] = {5: [], 6: []}
    begun: dict[str, list[list[str]]] = {}
    for rank, trace in enumerate(traces):
        assert [node.number for node in trace] == list(range(len(trace)))
        assert all(before < node.number for node in trace for before in node.after)
        for node in trace:
            if node.kind in messages:
                assert node.of["comm_src" if node.kind == 5 else "comm_dst"] == rank
                messages[node.kind].append(str([node.of[f"comm_{what}"] for what in ("src", "dst", "tag", "size")]))
        for who, list_ in _by_members(trace, rank, dims, groups).items():
            begun.setdefault(who, []).append(list_)
    assert sorted(messages[5]) == sorted(messages[6])
    # Whoever is of a group begins the same collectives with it, in the same order; and everybody is there.
    for who, lists in begun.items():
        assert len(lists) == len(json.loads(who)) and all(one == lists[0] for one in lists)


def _by_members(trace: list[Node], rank: int, dims: list[int], groups: dict[str, list[int]]) -> dict[str, list[str]]:
    """Collectives of a rank by those that take part."""
    found: dict[str, list[str]] = {}
    for node in trace:
        if node.kind != 7:
            continue
        name, involved = node.of.get("pg_name"), node.of.get("involved_dim", [True] * len(dims))
        if isinstance(name, str):
            members = groups[name]
            assert rank in members
        else:
            assert isinstance(involved, list) and len(involved) == len(dims)
            members, step = [0], 1
            for size, takes in zip(dims, involved, strict=True):
                here = rank // step % size
                spread = range(size) if takes else [here]
                members = [one + step * at for one in members for at in spread]
                step *= size
        found.setdefault(json.dumps(sorted(members)), []).append(f"{node.of['comm_type']} {node.of['comm_size']}")
    return found
