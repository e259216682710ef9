"""Flows of the htsim backend: algorithms, groups, parts of a design, several jobs, steps of models."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from unit.htsim_cases import codes, files
from unit.htsim_text import PLANES, SERVERS, Connection, check_topology, hosts, job, order, read_matrix

from rackwright.backends.htsim.flows import Hosts
from rackwright.backends.htsim.plan import plan
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.workloads import Operation, Program

Compile = Callable[..., Compilation]


def collective(spec: Compile, words: str) -> dict[int, Connection]:
    return read_matrix(files(spec(PLANES.replace("all_reduce 1 MiB", words)))["w.cm"])


def test_other_collectives(spec: Compile) -> None:
    assert len(collective(spec, "all_gather 12 MB")) == 12 * 11
    assert {f.size for f in collective(spec, "reduce_scatter 12 MB").values()} == {10**6}
    flows = collective(spec, "all_to_all 12 MB")
    assert len({(f.source, f.target) for f in flows.values()}) == 12 * 11
    # Each sender's flows follow each other.
    for flow in flows.values():
        assert flow.trigger is None or flows[flow.trigger].source == flow.source


def test_other_algorithms(spec: Compile) -> None:
    direct = collective(spec, "all_reduce 12 MB { algorithm = direct }")
    assert len(direct) == 2 * 12 * 11 and {f.size for f in direct.values()} == {10**6}
    # All of the first round into a host is one barrier for its second.
    second = [f for f in direct.values() if f.trigger is not None]
    for flow in second:
        before = [f for f in direct.values() if f.fires == flow.trigger]
        assert len(before) == 11 and {f.target for f in before} == {flow.source}
    halving = collective(spec, "reduce_scatter 12 MB { algorithm = halving_doubling, group = 4 }")
    assert len(halving) == 12 * 2 and sorted({f.size for f in halving.values()}) == [3 * 10**6, 6 * 10**6]
    assert max(order(halving).values()) == 1


def test_groups_and_strides(spec: Compile) -> None:
    flows = collective(spec, "all_gather 12 MB { group = 4, stride = 3 }")
    assert {(f.source, f.target) for f in flows.values()} == {
        (first + 3 * k, first + 3 * ((k + 1) % 4)) for first in range(3) for k in range(4)
    }
    assert len(flows) == 12 * 3 and {f.size for f in flows.values()} == {3 * 10**6}


def test_a_message(spec: Compile) -> None:
    (flow,) = collective(spec, "point_to_point 1 MB { sender = 2, receiver = 9 }").values()
    assert (flow.source, flow.target, flow.size, flow.start) == (2, 9, 10**6, 0)


def test_large_flows_are_sent_in_pieces(spec: Compile) -> None:
    result = spec(PLANES.replace("all_reduce 1 MiB", "point_to_point 5 GB"))
    assert codes(result) == []
    flows = read_matrix(files(result)["w.cm"])
    assert len(flows) == 3 and sum(f.size for f in flows.values()) - 5 * 10**9 in range(3)
    assert sorted(order(flows).values()) == [0, 1, 2]


def test_a_part_of_the_servers_in_another_order(spec: Compile) -> None:
    text = SERVERS + job("w", "pod[*].box[1..4]", "    placement = rail", "    collective = all_reduce 1 MiB")
    result = spec(text)
    made = files(result)
    # Leaves of other servers are no cores.
    head, tor, *_ = check_topology(made["topology.topo"])
    assert (head["Tiers"], head["Nodes"], tor["Radix_Down"]) == (3, 32, 4)
    rows = hosts(made["hosts.csv"])
    assert {row["server"] for row in rows} == {f"pod{p}-box{b}" for p in (0, 1) for b in (1, 2, 3, 4)}
    by_rank = sorted(rows, key=lambda row: int(row["rank"]))
    assert [row["accelerator"] for row in by_rank] == ["0"] * 8 + ["1"] * 8
    accelerator = {int(row["host"]): row["accelerator"] for row in rows}
    flows = read_matrix(made["w.cm"])
    assert len(flows) == 16 * 14
    assert all(accelerator[f.source] == accelerator[f.target] for f in flows.values())


def test_a_ring_of_all_ranks_passes_through_servers(spec: Compile) -> None:
    text = SERVERS + job("w", "pod[*].box[*]", "    collective = all_reduce 32 KiB { algorithm = ring }")
    made = files(spec(text))
    server = {int(row["host"]): row["server"] for row in hosts(made["hosts.csv"])}
    flows = read_matrix(made["w.cm"])
    # One rank of two has the other for a neighbour.
    assert len(flows) == 16 * 62 and all(server[f.source] != server[f.target] for f in flows.values())
    assert max(order(flows).values()) == 61


def test_jobs_at_the_same_time(spec: Compile) -> None:
    first = job("a", "pod[0].box[*]", "    collective = all_reduce 1 MiB")
    second = job("b", "pod[1].box[*]", "    start = 100 us", "    collective = all_to_all 1 MiB")
    made = files(spec(SERVERS + first + second))
    rows = hosts(made["combined-jobs/hosts.csv"])
    assert len(rows) == 32 and len(read_matrix(made["a.cm"])) == 16 * 14
    alone, pod = read_matrix(made["b/b.cm"]), {int(row["host"]): row["server"][:4] for row in rows}
    for name, start in (("csg", 10**8), ("uet", 100)):
        flows = read_matrix(made[f"combined-jobs/combined.{name}.cm"])
        assert len(flows) == 16 * 14 + len(alone)
        assert all(pod[f.source] == pod[f.target] for f in flows.values())
        starts = {(pod[f.source], f.start) for f in flows.values() if f.start is not None}
        assert starts == {("pod0", 0), ("pod1", start)}
    assert "from 100.0 us on" in made["combined-jobs/README.md"]
    (end,) = set(re.findall(r"-end (\d+)", made["combined-jobs/README.md"]))
    assert int(end) >= 1100
    assert "combined-jobs/combined.cm" in files(spec(SERVERS + first + second.replace("    start = 100 us\n", "")))


MODEL = "    model { layers = 4, hidden = 512, heads = 8, ffn = 2048, vocabulary = 1000 }"


def test_steps_of_a_model(spec: Compile) -> None:
    step = "    step = training { tensor = 2, pipeline = 2, sequence = 128, batch = %d }"
    text = SERVERS + job("t", "pod[*].box[*]", MODEL, step % 32, "    approximate = true")
    result = spec(text)
    assert codes(result) == ["RW8125"]
    flows = read_matrix(files(result)["t.cm"])
    order(flows)
    assert codes(spec(text.replace("    approximate = true\n", ""))) == ["RW8124"]
    assert set(files(spec(text.replace("    approximate = true\n", "")))) == {"topology.topo", "hosts.csv", "README.md"}
    result = spec(text.replace("batch = 32", "batch = 16000"))
    assert codes(result) == ["RW8125", "RW8126"]
    made = files(result)
    names = {name for name in made if name.endswith(".cm")}
    assert {"t-forward-send.cm", "t-backward-send.cm", "t-gradients-all_gather.cm"} <= names
    # Every rank of the first stage sends to the second, once of each micro-batch.
    sends = read_matrix(made["t-forward-send.cm"])
    assert len(sends) == 16 and "once of 2000 times" in made["README.md"]


def test_a_step_that_only_computes(spec: Compile) -> None:
    step = "    step = training { sequence = 128, batch = 32 }"
    result = spec(SERVERS + job("t", "pod[0].box[0..1]", "    count = 2", MODEL, step, "    approximate = true"))
    assert "RW8108" in codes(result) or "RW8120" in codes(result)


def test_a_round_of_too_many_messages_is_refused(compiled: Compile) -> None:
    result = compiled("llama3_24k")
    assert result.design is not None and result.plant is not None
    workload = next(w for w in result.design.workloads if w.name == "pretrain")
    every = Operation("all_to_all", "", "all_to_all", np.arange(5000).reshape(1, -1), 10**9, algorithm="direct")
    hosts = Hosts(np.arange(5000), np.arange(5000) // 8)
    made, (note,) = plan(workload, Program(workload, 5000, (every,)), hosts)
    assert not made and note.code == "RW8108" and "20,000" in note.detail
