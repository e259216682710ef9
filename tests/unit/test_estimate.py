"""The estimator against figures that were worked out by hand, and against flows counted one by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from rackwright.compiler.cli import main
from rackwright.compiler.estimate import Estimate, estimate, operation_time, sweep
from rackwright.compiler.estimate.roads import Cut, Roads, flows, pairs
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Ints
from rackwright.compiler.workloads import Operation

Compile = Callable[..., Compilation]

GIB = 2**30


def estimated(result: Compilation, name: str | None = None) -> Estimate:
    assert result.plant is not None and result.design is not None, result.diagnostics
    workload = next(w for w in result.design.workloads if name in (None, w.name))
    answer, problems = estimate(result.design, result.plant, workload)
    assert answer is not None, problems
    return answer


def test_all_reduce_of_llama3(compiled: Compile) -> None:
    """Twice 7/8 GiB at 450 GB/s in the server, and twice an eighth GiB through a port of 50 GB/s: the taper of 1:7 does
    not count, because each of the 8 rings of a pod crosses it once."""
    answer = estimated(compiled("llama3_24k"), "pretrain")
    scatter, out, gather = answer.lines
    assert scatter.time.beta == gather.time.beta == pytest.approx(7 / 8 * GIB / 450)
    assert out.time.beta == pytest.approx(2 * 3071 / 3072 * GIB / 8 / 50)
    assert out.time.limit == "ports of the ranks" and out.what == "all_reduce in scale-out, trees"
    # Two binary trees: 2 * 12 times the way through tier 3.
    assert out.time.alpha == pytest.approx(24 * 1484.91413)
    # 8 flows of a pod through 18 * 28 links of 50 GB/s.
    assert out.time.loads["links up from tier 2"] == pytest.approx(out.time.beta * 8 * 50 / (18 * 28 * 50))
    assert answer.figures["algbw"] == pytest.approx(GIB / answer.total)
    assert answer.figures["busbw"] == pytest.approx(2 * 24575 / 24576 * GIB / answer.total)


ALL_TO_ALL = """
workload exchange {
    ranks      = dc.pod[*].gpu[*].node[*].accelerator[*]
    collective = all_to_all 1 GiB
}
"""


def test_all_to_all_meets_the_taper(spec: Compile) -> None:
    """Every rank of a pod sends to 21,504 in others, 1 GiB / 24,576 each, through 504 links of 50 GB/s a pod."""
    with open("specs/llama3_24k.rack") as file:
        answer = estimated(spec(file.read() + ALL_TO_ALL), "exchange")
    (line,) = answer.lines
    assert line.time.limit == "links up from tier 2"
    assert line.time.beta == pytest.approx(3072 * 21504 * GIB / 24576 / (504 * 50))
    assert line.time.loads["ports of the ranks"] == pytest.approx(24568 * GIB / 24576 / 50)
    assert line.time.loads["scale-up"] == pytest.approx(7 * GIB / 24576 / 450)


def test_a_torus_reduces_ring_by_ring(compiled: Compile) -> None:
    """16 * 16 * 16 chips, two links of 50 GB/s a ring; a third of 1 GiB begins with each ring: 15/16 of it, then 15/16
    of a sixteenth, and of that again."""
    answer = estimated(compiled("tpu_v4_pod"))
    scatter, gather = answer.lines
    expected = sum(15 / 16 * GIB / 3 / 16**n / 100 for n in range(3))
    assert scatter.time.beta == gather.time.beta == pytest.approx(expected)


def test_a_part_of_a_torus_is_a_ring_both_ways() -> None:
    """A row of 4 in a torus of 4 * 4, links of 4 each way: three times a quarter of 32 B, half of it each way."""
    net = roads("ring", (4, 4), 1, 1)
    scatter = Operation("x", "x", "reduce_scatter", np.arange(16).reshape(4, 4), 32)
    assert operation_time(net, scatter).beta == pytest.approx(3 * 8 / 2 / 4)


def test_latency_rules_small_messages(compiled: Compile) -> None:
    result = compiled("llama3_24k")
    assert result.design is not None and result.plant is not None
    workload = next(w for w in result.design.workloads if w.name == "pretrain")
    rows = sweep(result.design, result.plant, workload, [1024, 2**20, 2**30, 2**31])
    assert rows[0][1] == pytest.approx(24 * 1484.91413, rel=0.001)
    assert rows[3][1] - rows[2][1] == pytest.approx(rows[2][1], rel=0.01)


# --- the model itself ---


def roads(shape: str, sizes: tuple[int, ...], domains: int, group: int) -> Roads:
    """Domains of one shape under one tapered tier: `group` domains meet at tier 1."""
    members = int(np.prod(sizes))
    domain = np.repeat(np.arange(domains), members)
    low = domain // group
    cuts = (
        Cut("up", low, np.full(int(low.max()) + 1, 3.0), 100.0),
        Cut("top", np.zeros_like(low), np.array([np.inf]), 300.0),
    )
    inner = tuple(8.0 for _ in sizes)
    return Roads(domain, np.tile(np.arange(members), domains), shape, sizes, inner, 7.0, 2.0, cuts)


def slow_pairs(net: Roads, groups: Ints, size: float) -> dict[str, float]:
    """Every message of an all_to_all by itself."""
    out: dict[tuple[str, int], float] = {}
    for row in groups.tolist():
        for a, z in permutations(row, 2):
            if net.domain[a] == net.domain[z]:
                out["scale-up", a] = out.get(("scale-up", a), 0.0) + size / sum(net.inner)
                continue
            out["ports of the ranks", a] = out.get(("ports of the ranks", a), 0.0) + size / net.port
            here, there = net.cuts[0].group[a], net.cuts[0].group[z]
            if here != there:
                out["up", here] = out.get(("up", here), 0.0) + size / net.cuts[0].up[here]
    found: dict[str, float] = {}
    for (name, _), load in out.items():
        found[name] = max(found.get(name, 0.0), load)
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 3), st.randoms(use_true_random=False))
def test_counted_pairs_are_those_that_are_listed(members: int, domains: int, group: int, rng: object) -> None:
    net = roads("switch", (members,), domains, group)
    ranks = np.random.default_rng(rng.getrandbits(32)).permutation(members * domains)  # type: ignore[attr-defined]
    each = 2 if len(ranks) % 2 == 0 else len(ranks)
    groups = ranks.reshape(-1, each)
    time = pairs(net, groups, 5.0)
    listed = slow_pairs(net, groups, 5.0)
    assert {name: load for name, load in time.loads.items() if load} == pytest.approx(listed)
    assert time.beta == pytest.approx(max(listed.values(), default=0.0))
    both = [(a, z) for row in groups.tolist() for a, z in permutations(row, 2)]
    if both:
        listed_flows = flows(net, np.array([a for a, _ in both]), np.array([z for _, z in both]), 5.0)
        assert listed_flows.beta == pytest.approx(time.beta)
        assert listed_flows.alpha == time.alpha


def test_flows_around_a_ring() -> None:
    """A ring of 8, links of 4 each way: neighbours pass one link; opposite ones four, half each way, and each link
    carries four halves."""
    net = roads("ring", (8,), 1, 1)
    here = np.arange(8)
    assert flows(net, here, (here + 1) % 8, 5.0).beta == pytest.approx(5 / 4)
    assert flows(net, here, (here - 1) % 8, 5.0).beta == pytest.approx(5 / 4)
    opposite = flows(net, here, (here + 4) % 8, 5.0)
    assert (opposite.beta, opposite.alpha) == pytest.approx((4 * 5 / 2 / 4, 4 * 7.0))
    # Everyone to everyone: on average two links, so 16 passes a rank over its two links.
    assert pairs(net, here.reshape(1, 8), 5.0).beta == pytest.approx(5 * 8 * 2 / 8)


def walked(net: Roads, groups: Ints) -> tuple[float, int]:
    """Time of a byte from everyone to everyone of its group in a torus, link by link, and the most links of one."""
    loads: dict[tuple[object, ...], float] = {}
    most = 0
    for row in groups.tolist():
        for a, z in permutations(row, 2):
            at, to = ([int(c) for c in np.unravel_index(net.place[r], net.sizes[::-1])][::-1] for r in (a, z))
            hops = 0
            for axis, length in enumerate(net.sizes):
                forward = (to[axis] - at[axis]) % length
                ways = [(1, forward)] if 2 * forward <= length else []
                ways += [(-1, length - forward)] if 2 * forward >= length and length > 2 else []
                hops += min((way for _, way in ways), default=0)
                for turn, way in ways:
                    for hop in range(way):
                        node = list(at)
                        node[axis] = (node[axis] + turn * hop) % length
                        key = (net.domain[a], axis, turn, tuple(node))
                        links = min(2, length - 1)
                        loads[key] = loads.get(key, 0.0) + links / net.inner[axis] / len(ways)
                at[axis] = to[axis]
            most = max(most, hops)
    return max(loads.values(), default=0.0), most


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([(2,), (5,), (8,), (4, 2), (3, 4), (4, 4), (2, 3, 4)]), st.randoms(use_true_random=False))
def test_groups_in_a_torus_are_followed_link_by_link(shape: tuple[int, ...], rng: object) -> None:
    net = roads("ring", shape, 1, 1)
    count = int(np.prod(shape))
    members = rng.choice([n for n in range(2, count + 1) if count % n == 0])  # type: ignore[attr-defined]
    shuffled = np.random.default_rng(rng.getrandbits(32)).permutation(count)  # type: ignore[attr-defined]
    for groups in (shuffled.reshape(-1, members), np.arange(count).reshape(-1, members)):
        beta, hops = walked(net, groups)
        time = pairs(net, groups, 5.0)
        assert time.beta == pytest.approx(5 * beta)
        assert time.alpha == 7 * hops


def test_flows_in_a_torus_go_one_ring_after_the_other() -> None:
    net = roads("ring", (4, 4), 1, 1)
    here = np.arange(16)
    corner = (here % 4 + 1) % 4 + 4 * ((here // 4 + 1) % 4)
    time = flows(net, here, corner, 5.0)
    assert (time.beta, time.alpha) == pytest.approx((5 / 4, 2 * 7.0))


def test_a_mesh_has_a_link_a_pair() -> None:
    net = roads("mesh", (5,), 1, 1)
    assert flows(net, np.array([0]), np.array([1]), 5.0).beta == pytest.approx(5 / 2)
    assert pairs(net, np.arange(5).reshape(1, 5), 5.0).beta == pytest.approx(5 / 2)


@pytest.mark.parametrize("kind", ["all_reduce", "all_gather", "reduce_scatter"])
def test_algorithms_by_hand(kind: str) -> None:
    """Four domains of two behind ports of 2; two domains meet at tier 1, whose groups have 3 up for 8 ranks' flows."""
    net = roads("switch", (2,), 4, 2)
    halves = 2 if kind == "all_reduce" else 1
    groups = np.arange(8).reshape(1, 8)

    def time(algorithm: str) -> tuple[float, float]:
        op = Operation("x", "x", kind, groups, 80, algorithm=algorithm)  # type: ignore[arg-type]
        found = operation_time(net, op)
        return found.alpha / halves, found.beta / halves

    # One ring: every round 10 bytes to the next; one flow enters each port and each group.
    assert time("ring") == pytest.approx((7 * 300.0, 7 * 10 / 2))
    # To each: 6 messages of 10 through a port; 4 * 4 of them leave a group.
    assert time("direct") == pytest.approx((300.0, 16 * 10 / 3))
    # 40 bytes over the top (4 flows a group), 20 within a group, 10 in the domain.
    assert time("halving_doubling") == pytest.approx((300.0 + 100.0 + 7.0, 4 * 40 / 3 + 20 / 2 + 10 / 8))
    # 40 in scale-up; then two rings of 4 with rounds of 10, two flows a group.
    if kind == "all_reduce":
        assert time("hierarchical") == pytest.approx((7.0 + 2 * 300.0, 40 / 8 + 3 * max(10 / 2, 20 / 3)))
    else:
        assert time("hierarchical") == pytest.approx((7.0 + 3 * 300.0, 40 / 8 + 3 * max(10 / 2, 20 / 3)))


def test_a_step_of_one_operation_is_a_step(spec: Compile) -> None:
    """A prompt whose one token is asked for is one pass: no collective, and no time between tokens."""
    result = spec(
        """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator { bf16 = 100 TFLOPS, memory_bandwidth = 1 TB/s, memory = 64 GB }
rack r { host : parts.lab_host { accelerator[1] : gpu } }
workload w {
    ranks = r.host.accelerator[*]
    model { layers = 2, hidden = 64, heads = 4, ffn = 256, vocabulary = 1000 }
    step  = inference { prompt = 8, output = 1, batch = 2 }
}
"""
    )
    answer = estimated(result)
    assert list(answer.figures) == ["first token ms", "tokens/s"] and len(answer.lines) == 1
    assert answer.figures["tokens/s"] == pytest.approx(2 / (answer.total / 1e9))


# --- the command ---


def test_the_command_prints_tables_json_and_csv() -> None:
    run = CliRunner()
    text = run.invoke(main, ["estimate", "specs/lab_4x2.rack"])
    assert text.exit_code == 0 and text.stdout.startswith("ping: all_reduce 1 MiB over 8 ranks")
    (answer,) = json.loads(run.invoke(main, ["estimate", "specs/lab_4x2.rack", "--json"]).stdout)
    assert answer["ranks"] == 8 and answer["total_ns"] == pytest.approx(
        sum(p["latency_ns"] + p["transfer_ns"] for p in answer["parts"])
    )
    rows = run.invoke(main, ["estimate", "specs/lab_4x2.rack", "ping", "--sizes", "1KiB..4 KiB"]).stdout.splitlines()
    assert rows[0] == "bytes,ping_us" and [row.split(",")[0] for row in rows[1:]] == ["1024", "2048", "4096"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["specs/lab_4x2.rack", "png"], "did you mean 'ping'?"),
        (["specs/lab_4x2.rack", "--sizes", "1..2"], "is no size"),
        (["specs/lab_4x2.rack", "--sizes", "2KiB..1KiB"], "above the high end"),
        (["specs/lab_4x2.rack", "--sizes", "1 KiB"], "is no size"),
        (["specs/lab_4x2.rack", "--sizes", "1KiB..2KiB", "--json"], "leave --json out"),
        (["specs/llama3_24k.rack", "llama3_405b", "--sizes", "1KiB..2KiB"], "a step of a model: llama3"),
        (["specs/mtia_v2.rack"], "the spec has no workload"),
        (["specs/no.rack"], "RW0001"),
    ],
)
def test_mistakes_at_the_command_line(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(main, ["estimate", *arguments])
    assert result.exit_code == 2 and says in result.output and "Traceback" not in result.output
