"""Any workload that the checks let through: htsim and GOAL say what they cannot write, and what they write is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.goal_text import read, run
from unit.htsim_text import SERVERS, check_topology, job, order, read_matrix

from rackwright.backends.goal import Goal
from rackwright.backends.htsim import Htsim
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec
from rackwright.dsl.diagnostics import has_errors

BOXES = ("*", "0..3", "4..7", "1..6", "2..3")

STEPS = (
    "training { tensor = 2, pipeline = 2, sequence = 128, batch = 32 }",
    "training { context = 2, expert = 2, sequence = 128, batch = 32 }",
    "inference { tensor = 2, prompt = 64, output = 8, batch = 4 }",
    "inference { tensor = 2, prompt = 64, output = 8, batch = 4, prefill = 4 }",
    "reinforcement { tensor = 2, sequence = 128, batch = 32, prompt = 64 }",
)


@st.composite
def collectives(draw: st.DrawFn) -> list[str]:
    kind = draw(st.sampled_from(["all_reduce", "all_gather", "reduce_scatter", "all_to_all"]))
    algorithm = draw(st.sampled_from(["ring", "direct", "halving_doubling", "hierarchical"]))
    group, stride = draw(st.sampled_from([(4, 1), (2, 4), (4, 2), (8, 1), (None, 1)]))
    options = [f"algorithm = {algorithm}", f"stride = {stride}"] + ([] if group is None else [f"group = {group}"])
    size = draw(st.sampled_from(["10 B", "1 MiB", "20 GB"]))
    return [f"    collective = {kind} {size} {{ {', '.join(options)} }}"]


@st.composite
def steps(draw: st.DrawFn) -> list[str]:
    experts = draw(st.sampled_from(["", ", experts = 4, active = 2"]))
    model = f"layers = 4, hidden = 512, heads = 8, kv_heads = 4, ffn = 2048, vocabulary = 1000{experts}"
    return [f"    model {{ {model} }}", f"    step = {draw(st.sampled_from(STEPS))}"]


@st.composite
def jobs(draw: st.DrawFn, name: str) -> str:
    ranks = f"pod[{draw(st.sampled_from(['*', '0', '1']))}].box[{draw(st.sampled_from(BOXES))}]"
    lines = [f"    placement = {draw(st.sampled_from(['packed', 'spread', 'rail']))}"]
    lines += draw(st.sampled_from([[], ["    approximate = true"]]))
    lines += draw(st.sampled_from([[], ["    start = 17 us"]]))
    message = st.sampled_from([["    collective = point_to_point 9 GB { sender = 1, receiver = 0 }"]])
    return job(name, ranks, *lines, *draw(st.one_of(collectives(), steps(), message)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workloads")


@settings(max_examples=25)
@given(first=jobs("a"), second=jobs("b"))
def test_what_is_written_is_sound(folder: Path, first: str, second: str) -> None:
    path = folder / "test.rack"
    path.write_text(SERVERS + first + second)
    result = compile_spec(str(path), {})
    if has_errors(result.diagnostics):
        return
    assert result.design is not None and result.plant is not None
    for backend in (Goal(), Htsim()):
        assert not has_errors(backend.accepts(result.design, result.plant, Request()))
        for artifact in backend.render(result.design, result.plant, Request()):
            text = artifact.data.decode()
            if artifact.path.endswith(".goal"):
                run(read(text), 500, 1)
            elif artifact.path.endswith(".topo"):
                check_topology(text)
            elif artifact.path.endswith(".cm"):
                flows = read_matrix(text)
                if len(flows) < 300:
                    order(flows)
