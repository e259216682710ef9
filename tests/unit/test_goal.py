"""The GOAL backend: schedules that end, with the messages and the time that a collective has by its formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.goal_text import read, run
from unit.htsim_text import SERVERS, job

from rackwright.backends._kit.cut import first_ranks
from rackwright.backends._kit.inside import inside_ns
from rackwright.backends._kit.rounds import Inside, UnfitError, hierarchy, messages
from rackwright.backends.goal import Goal
from rackwright.backends.goal.part import ROWS
from rackwright.backends.goal.rows import LARGEST, make_rows
from rackwright.backends.goal.text import goal
from rackwright.backends.htsim import Htsim
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Domains
from rackwright.compiler.workloads import Kind, Operation, Program

Compile = Callable[..., Compilation]

NOTHING = np.zeros(0, dtype=np.int64)


def domains(ranks: int, members: int) -> Domains:
    """Switches of 100 GB/s that join `members` ranks each."""
    rank = np.arange(ranks)
    return Domains(rank // members, rank % members, "switch", (members,), (Fraction(10**11),), NOTHING)


def text(operations: list[Operation], ranks: int, members: int = 1) -> str:
    program = Program(None, ranks, tuple(operations))  # type: ignore[arg-type]
    rows = make_rows(program, domains(ranks, members), Fraction(100))
    return goal(rows, np.arange(ranks), ranks).decode()


def collective(kind: Kind, ranks: int, size: int, algorithm: str, group: int | None = None) -> Operation:
    groups = np.arange(ranks).reshape(-1, group or ranks)
    return Operation(kind, kind, kind, groups, size, algorithm=algorithm)  # type: ignore[arg-type]


def test_the_text_of_two_ranks() -> None:
    made = text([collective("all_reduce", 2, 1000, "ring")], 2)
    assert made == (
        "num_ranks 2\n"
        "rank 0 {\nl0: send 500b to 1 tag 0\nl1: recv 500b from 1 tag 0\n"
        "l2: send 500b to 1 tag 1\nl2 requires l1\nl3: recv 500b from 1 tag 1\nl3 requires l1\n}\n"
        "rank 1 {\nl0: send 500b to 0 tag 0\nl1: recv 500b from 0 tag 0\n"
        "l2: send 500b to 0 tag 1\nl2 requires l1\nl3: recv 500b from 0 tag 1\nl3 requires l1\n}\n"
    )


@pytest.mark.parametrize("ranks", [2, 6, 8, 72])
def test_a_ring_takes_what_the_formula_says(ranks: int) -> None:
    # 2(N - 1)(2o + L + (m - 1)G) with o = 0, as LogGOPSim prints it.
    size = 2**20
    part = -(-size // ranks)
    ends = run(read(text([collective("all_reduce", ranks, size, "ring")], ranks)), 500, 20)
    assert set(ends) == {2 * (ranks - 1) * (500 + (part - 1) * 20)}


def test_a_hierarchy_computes_inside_and_rings_outside() -> None:
    ends = run(read(text([collective("all_reduce", 8, 2**20, "hierarchical")], 8, members=2)), 500, 20)
    inside = round(100 + 2**19 / 100)  # half of the buffer at 100 B/ns
    assert set(ends) == {2 * inside + 2 * 3 * (500 + (2**17 - 1) * 20)}


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["all_reduce", "all_gather", "reduce_scatter", "all_to_all"]),
    algorithm=st.sampled_from(["ring", "direct", "halving_doubling", "hierarchical"]),
    members=st.sampled_from([1, 2, 4]),
    group=st.sampled_from([2, 4, 8, 16]),
    groups=st.integers(1, 3),
    size=st.integers(1000, 10**6),
    times=st.integers(1, 3),
)
def test_every_collective_ends_and_moves_its_bytes(
    kind: Kind, algorithm: str, members: int, group: int, groups: int, size: int, times: int
) -> None:
    ranks = group * groups
    operation = collective(kind, ranks, size, algorithm, group)
    operation = Operation(kind, kind, kind, operation.groups, size, times=times, algorithm=algorithm)  # type: ignore[arg-type]
    schedule = read(text([operation], ranks, members))
    run(schedule, 500, 20)
    sends = [action for actions in schedule for action in actions.values() if action.kind == "send"]
    assert len(sends) == messages(operation, domains(ranks, members).domain)
    # Everybody sends as much; without rounding up it is a known share of the buffer.
    each = {sum(a.size for a in actions.values() if a.kind == "send") for actions in schedule}
    assert len(each) == 1
    near = min(members, group) if algorithm == "hierarchical" else 1
    apart = group // near
    both = 2 if kind == "all_reduce" else 1
    share = Fraction(apart - 1, apart) * (size if kind == "all_to_all" else Fraction(size, near))
    if algorithm == "halving_doubling" and kind == "all_to_all":
        share = Fraction(size, 2) * (group.bit_length() - 1)
    least = times * both * share
    assert least <= each.pop() <= least + times * both * 2 * (group + 1)


def test_operations_wait_for_those_before() -> None:
    compute = Operation("c", "c", "compute", np.array([[0], [1]]), time=Fraction(1000), times=2)
    send = Operation("s", "s", "send", np.array([[0, 1]]), 101, after=(0,))
    second = Operation("d", "d", "compute", np.array([[1]]), time=Fraction(7), after=(0, 1))
    assert run(read(text([compute, send, second], 2)), 500, 10) == [2000, 2000 + 500 + 1000 + 7]


def test_large_messages_are_sent_in_pieces() -> None:
    send = Operation("s", "s", "send", np.array([[0, 1]]), 5 * 10**9)
    schedule = read(text([send], 2))
    sizes = [action.size for action in schedule[0].values()]
    assert len(sizes) == 3 and sum(sizes) - 5 * 10**9 in range(3) and max(sizes) <= LARGEST
    assert run(schedule, 500, 1)[1] == 500 + sum(size - 1 for size in sizes)


def test_a_rank_may_send_and_receive_several_times() -> None:
    pairs = np.array([[0, 2], [0, 3], [1, 2], [1, 3], [2, 0]])
    schedule = read(text([Operation("s", "s", "send", pairs, 101)], 4))
    ends = run(schedule, 500, 10)
    assert sorted(a.peer for a in schedule[0].values() if a.kind == "send") == [2, 3]
    assert sum(a.kind == "recv" for a in schedule[2].values()) == 2 and max(ends) <= 2 * 1000 + 2 * 500 + 2000


def test_uneven_groups_have_no_hierarchy() -> None:
    with pytest.raises(UnfitError, match="groups of 3"):
        hierarchy(np.array([[0, 1, 2], [3, 4, 5]]), np.arange(6) // 2)
    assert hierarchy(np.array([[0, 2, 1, 3]]), np.arange(4) // 2).tolist() == [[[0, 1], [2, 3]]]


def test_first_ranks_keep_groups_alike() -> None:
    operations = (
        Operation("t", "t", "all_reduce", np.arange(8).reshape(4, 2), 10),
        Operation("d", "d", "all_reduce", np.arange(8).reshape(4, 2).T, 10),
        Operation("s", "s", "send", np.array([[0, 4], [1, 2]]), 10),
    )
    program = Program(None, 8, operations)  # type: ignore[arg-type]
    cut = first_ranks(program, 4)
    assert cut is not None
    assert [o.groups.tolist() for o in cut.operations] == [[[0, 1], [2, 3]], [[0, 2], [1, 3]], [[1, 2]]]
    assert first_ranks(program, 3) is None
    assert first_ranks(program, 8) is program


@pytest.mark.parametrize(
    ("shape", "sizes", "kind", "expected"),
    [
        ("switch", (4,), "all_gather", 10 + 750),
        ("mesh", (4,), "all_to_all", 10 + 750),
        ("ring", (4,), "all_gather", 3 * (10 + 250)),
        ("ring", (4,), "all_to_all", 2 * 10 + 1000),
        ("ring", (2, 2), "reduce_scatter", (10 + 500) + (10 + 250)),
    ],
)
def test_inside_domains(shape: str, sizes: tuple[int, ...], kind: Kind, expected: int) -> None:
    rates = (Fraction(10**9),) * len(sizes)
    rank = np.arange(4)
    made = Domains(rank * 0, rank, shape, sizes, rates, NOTHING)  # type: ignore[arg-type]
    assert inside_ns(Inside(rank, kind, 1000, 4), made, Fraction(10)) == expected


# --- the backend ---


def files(result: Compilation) -> dict[str, str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = Goal().render(result.design, result.plant, Request(named=True))
    return {a.path: a.data.decode() for a in made}


def codes(result: Compilation) -> list[str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = Goal().accepts(result.design, result.plant, Request(named=True))
    return [d.code for d in found if d.code not in ("RW8103", "RW8104")]


def test_the_lab_by_its_own_latency(compiled: Compile) -> None:
    made = files(compiled("lab_4x2"))
    # G is 8 bits at 100 Gbps; L is the light in the longest way through a spine.
    assert "G = 0.08 ns/B, of tier 2 of the fabric" in made["sim/goal/README.md"]
    assert "`Events: 336`" in made["sim/goal/README.md"]
    schedule = read(made["sim/goal/ping.goal"])
    assert len(schedule) == 8
    ends = run(schedule, 63154, 80)
    assert f"done at {max(ends)} ticks" in made["sim/goal/README.md"]
    # The lab's hosts are numbered as its ranks are.
    assert made["sim/goal/ping.hosts.goal"] == made["sim/goal/ping.goal"]


def test_a_large_design_is_cut(compiled: Compile) -> None:
    result = compiled("superpod_h100")
    made = files(result)
    assert codes(result) == ["RW8170"]
    schedule = read(made["sim/goal/train.goal"])
    assert sum(len(actions) for actions in schedule) <= ROWS
    assert len(schedule) % 8 == 0 and f"{len(schedule)} of 1016 ranks" in made["sim/goal/README.md"]


def test_hosts_of_the_fat_tree(compiled: Compile) -> None:
    result = compiled("superpod_h100")
    assert result.design is not None and result.plant is not None
    made = files(result)
    schedule = read(made["sim/goal/train.hosts.goal"])
    artifacts = {a.path: a.data.decode() for a in Htsim().render(result.design, result.plant, Request())}
    assert artifacts["sim/htsim/topology.topo"].count(f"Nodes {len(schedule)}\n") == 1
    rows = csv.DictReader(io.StringIO(artifacts["sim/htsim/hosts.csv"]))
    rank_of = {int(row["host"]): int(row["rank"]) for row in rows}
    # Rails meet only ranks of their own place in a server.
    busy = [host for host, actions in enumerate(schedule) if actions]
    assert sorted(rank_of[host] for host in busy) == list(range(len(busy)))
    for host in busy:
        for action in schedule[host].values():
            assert action.kind == "calc" or rank_of[action.peer] % 8 == rank_of[host] % 8


TWO = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator {
    scale_up         = 100 GB/s
    bf16             = 100 TFLOPS
    memory_bandwidth = 1 TB/s
    memory           = 80 GB
}
server box {
    scale_up         = switch
    scale_up_latency = 100 ns
    accelerator[4]   : gpu
    nic[4]           : parts.lab_nic
}
hall h {
    leaf[4] : parts.lab_switch
    spine   : parts.lab_switch
    host[4] : box
    link host[h].nic[n] -> leaf[n].eth[h]
    link leaf[l].eth[8] -> spine.eth[l]
}
"""


def test_a_step_of_a_model_ends(spec: Compile) -> None:
    text = TWO + (
        "workload w {\n    ranks = h.host[*].accelerator[*]\n"
        "    model { layers = 4, hidden = 512, heads = 8, ffn = 2048, vocabulary = 1000 }\n"
        "    step  = training { tensor = 4, pipeline = 2, sequence = 128, batch = 32 }\n}\n"
    )
    result = spec(text)
    assert codes(result) == []
    made = files(result)
    ends = run(read(made["sim/goal/w.goal"]), 500, 1)
    assert min(ends) > 0
    assert "closed" not in made["sim/goal/README.md"] and "`Events:" in made["sim/goal/README.md"]


def test_other_ranks_have_a_folder_of_their_own(spec: Compile) -> None:
    both = TWO + "".join(
        f"workload {name} {{\n    ranks = h.host[{window}].accelerator[*]\n    collective = {what}\n}}\n"
        for name, window, what in (("a", "*", "all_reduce 1 MiB"), ("b", "0..1", "point_to_point 1 MB"))
    )
    made = files(spec(both))
    assert set(made) >= {"sim/goal/a.goal", "sim/goal/b/b.goal", "sim/goal/README.md", "sim/goal/b/README.md"}
    (end,) = set(run(read(made["sim/goal/b/b.goal"]), 0, 1)) - {0}
    assert end == 10**6 - 1


def test_jobs_at_the_same_time(spec: Compile) -> None:
    first = job("a", "pod[0].box[*]", "    collective = all_reduce 1 MiB")
    second = job("b", "pod[1].box[*]", "    start = 100 us", "    collective = all_to_all 1 MiB")
    result = spec(SERVERS + first + second)
    made = files(result)
    assert result.design is not None and result.plant is not None
    schedule = read(made["sim/goal/combined-jobs/combined.hosts.goal"])
    run(schedule, 500, 1)
    artifacts = {a.path: a.data.decode() for a in Htsim().render(result.design, result.plant, Request())}
    rows = csv.DictReader(io.StringIO(artifacts["sim/htsim/combined-jobs/hosts.csv"]))
    pod = {int(row["host"]): row["server"][:4] for row in rows}
    for host, actions in enumerate(schedule):
        assert {pod[a.peer] for a in actions.values() if a.kind == "send"} == {pod[host]}
        waits = [a.size for a in actions.values() if a.kind == "calc"]
        assert (waits[0] == 100_000) == (pod[host] == "pod1")
    assert "from 100.0 us on" in made["sim/goal/combined-jobs/README.md"]


def test_a_message_of_terabytes_is_refused() -> None:
    with pytest.raises(UnfitError, match="pieces"):
        text([collective("all_reduce", 16, 10**15, "ring")], 16)
