"""SimAI: servers with one NVSwitch each, the configuration, and workloads as layers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from unit.packet_files import read_simai
from unit.test_astra_steps import MODEL, PLANT, RANKS

from rackwright.backends.simai import SimAI
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

Compile = Callable[..., Compilation]

NONE = ["0", "NONE", "0"]


def made(result: Compilation, named: bool = True) -> dict[str, str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = SimAI().render(result.design, result.plant, Request(named=named))
    return {a.path.removeprefix("sim/simai/"): a.data.decode() for a in found}


def told(result: Compilation) -> list[str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = SimAI().accepts(result.design, result.plant, Request(named=True))
    return [d.code for d in found if d.code not in ("RW8103", "RW8160")]


def workload(files: dict[str, str], name: str = "w") -> tuple[dict[str, str], list[list[str]]]:
    """Degrees of the first line, and the rows."""
    first, count, *rows = files[f"{name}.txt"].splitlines()
    policy, *words = first.split()
    assert policy == "HYBRID_TRANSFORMER_FWD_IN_BCKWD" and int(count) == len(rows)
    table = [row.split() for row in rows]
    assert all(len(row) == 12 and row[1] == "-1" for row in table)
    known = {"NONE", "ALLREDUCE", "ALLGATHER", "REDUCESCATTER", "ALLTOALL"}
    known |= {"ALLTOALL_EP", "REDUCESCATTER_DP_EP", "ALLGATHER_DP_EP"}
    assert {row[n] for row in table for n in (3, 6, 9)} <= known
    return dict(zip((word.rstrip(":") for word in words[::2]), words[1::2], strict=True)), table


def test_a_small_topology_by_hand(spec: Compile) -> None:
    text = PLANT.replace("box[4]", "box[2]").replace("accelerator[4]", "accelerator[2]").replace("nic[4]", "nic[2]")
    text = text.replace("leaf[4]", "leaf[2]")
    files = made(spec(text + f"workload w {{ {RANKS}\n collective = all_reduce 4 MB }}"))
    # 700 ns of a switch and 300 ns of scale-up are halved between the links at either side.
    assert files["topology.txt"] == (
        "9 2 2 3 10 NONE\n4 5 6 7 8\n"
        "0 4 800Gbps 150000000fs 0\n1 4 800Gbps 150000000fs 0\n"
        "2 5 800Gbps 150000000fs 0\n3 5 800Gbps 150000000fs 0\n"
        "0 6 100Gbps 350000000fs 0\n1 7 100Gbps 350000000fs 0\n"
        "2 6 100Gbps 350000000fs 0\n3 7 100Gbps 350000000fs 0\n"
        "6 8 100Gbps 700000000fs 0\n7 8 100Gbps 700000000fs 0\n"
    )
    read_simai(files["topology.txt"])
    assert "KMAX_MAP 1 100000000000 800\n" in files["SimAI.conf"]
    assert "KMIN_MAP 1 100000000000 200\n" in files["SimAI.conf"]
    assert "6000000 B sent by each GPU" in files["README.md"]


def test_speeds_that_the_stock_file_lacks_are_in_the_maps(compiled: Compile) -> None:
    files = made(compiled("scale_350k"), named=False)
    speeds = {line.rate for line in read_simai(files["topology.txt"]).lines[3648:]}
    for name in ("KMAX_MAP", "KMIN_MAP", "PMAX_MAP"):
        (line,) = [one for one in files["SimAI.conf"].splitlines() if one.startswith(name)]
        count, *pairs = line.split()[1:]
        assert speeds <= {int(rate) for rate in pairs[::2]} and int(count) == len(pairs) // 2


def test_a_rack_of_72_is_one_server(compiled: Compile) -> None:
    found = read_simai(made(compiled("catalina_nvl72"))["topology.txt"])
    nodes, each, nvswitches, _, _ = found.header
    assert (each, nvswitches) == (72, 1) and nodes >= 73
    # 18 links of 400 Gbps: 900 GB/s a GPU.
    assert {line.rate for line in found.lines if max(line.a, line.z) == 72} == {7200 * 10**9}


@pytest.mark.parametrize(
    ("collective", "degree", "column", "word"),
    [
        ("all_reduce 4 MB", "1", 9, "ALLREDUCE"),
        ("all_gather { size = 4 MB, group = 4 }", "4", 3, "ALLGATHER"),
        ("all_to_all { size = 4 MB, group = 4, stride = 4 }", "4", 9, "ALLTOALL"),
        ("reduce_scatter { size = 4 MB, group = 8 }", "8", 3, "REDUCESCATTER"),
    ],
)
def test_collectives_are_one_layer(spec: Compile, collective: str, degree: str, column: int, word: str) -> None:
    result = spec(PLANT + f"workload w {{ {RANKS}\n collective = {collective} }}")
    assert told(result) == []
    degrees, [row] = workload(made(result))
    assert (degrees["model_parallel_NPU_group"], degrees["all_gpus"]) == (degree, "16")
    assert row[column : column + 2] == [word, "4000000"]
    assert [row[n] for n in (3, 6, 9) if n != column] == ["NONE", "NONE"]


@pytest.mark.parametrize(
    "body",
    [
        "collective = point_to_point 1 MB",
        "collective = all_reduce { size = 4 MB, group = 4, stride = 2 }",
        "collective = all_reduce { size = 4 MB, algorithm = halving_doubling }",
        f"{MODEL}\n step = inference {{ tensor = 2, prompt = 64, output = 8, batch = 4 }}",
        f"{MODEL}\n step = training {{ context = 2, sequence = 128, batch = 16 }}",
        f"{MODEL}\n step = training {{ pipeline = 2, sequence = 128, batch = 16 }}",
    ],
)
def test_what_it_cannot_say_is_told(spec: Compile, body: str) -> None:
    result = spec(PLANT + f"workload w {{ {RANKS}\n {body} }}")
    assert told(result) == ["RW8152"]
    assert "w.txt" not in made(result)


def test_pipelines_are_taken_as_an_approximation(spec: Compile) -> None:
    text = f"{MODEL}\n step = training {{ pipeline = 2, sequence = 128, batch = 16 }}\n approximate = true"
    result = spec(PLANT + f"workload w {{ {RANKS}\n {text} }}")
    assert told(result) == ["RW8151"]
    degrees, _ = workload(made(result))
    assert degrees["pp"] == "2" and int(degrees["pp_comm"]) == 128 * 512 * 2


def test_a_training_step_row_by_row(spec: Compile) -> None:
    text = f"{MODEL}\n step = training {{ tensor = 4, sequence = 128, batch = 8 }}"
    degrees, rows = workload(made(spec(PLANT + f"workload w {{ {RANKS}\n {text} }}")))
    assert (degrees["model_parallel_NPU_group"], degrees["ga"], degrees["pp"]) == ("4", "2", "1")
    gradients, layers = rows[:2], rows[2:]
    assert [row[9] for row in gradients] == ["REDUCESCATTER", "ALLGATHER"]
    # Two micro-batches of four layers, each with two all-gathers and two reduce-scatters of 128 * 512 * 2 B.
    assert len(layers) == 2 * 4 * 4
    assert {tuple(row[3:5]) for row in layers} == {("ALLGATHER", "131072"), ("REDUCESCATTER", "131072")}
    assert all(row[3] != row[6] for row in layers)
    # Backward takes twice as long as forward, half of it for weights.
    forward, inputs, weights = (sum(int(row[n]) for row in layers) for n in (2, 5, 8))
    assert forward > 0 and abs(forward - inputs) <= 8 and abs(forward - weights) <= 8


MESH = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator { scale_up = 90 GB/s }
server box { scale_up = mesh
    scale_up_latency = 300 ns
    accelerator[4] : gpu
}
hall h { box : box }
workload w { ranks = h.box.accelerator[*]
    collective = all_reduce 4 MB
}
"""


def test_a_mesh_needs_a_switch_in_its_place(spec: Compile) -> None:
    assert told(spec(MESH)) == ["RW8150"]
    assert made(spec(MESH)) == {}
    accepted = spec(MESH.replace("collective", "approximate = true\n collective"))
    assert told(accepted) == ["RW8151"]
    found = read_simai(made(accepted)["topology.txt"])
    assert {(line.rate, line.delay) for line in found.lines} == {(720 * 10**9, 150 * 10**6)}


def test_what_rings_do_not_divide_is_not_sent(compiled: Compile) -> None:
    # 1 GiB over 72, then over a ring for each GPU of the rack: 207,126 B a message, 142 of them in each of 72 rings.
    assert f"{2 * 71 * 72 * (2**30 // 72 // 72)} B sent by each GPU" in made(compiled("catalina_nvl72"))["README.md"]


def test_all_of_a_large_fabric_when_named(compiled: Compile) -> None:
    result = compiled("llama3_24k")
    assert "topology_full.txt" not in made(result, named=False)
    found = read_simai(made(result)["topology_full.txt"])
    assert found.header[1:3] == [8, 3072] and found.header[0] == 24_576 + 3072 + found.header[3]
