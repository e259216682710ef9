"""Which rank is which accelerator: windows, counts, placements; and the ports that serve it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Ranks, name_prefix, prefix
from rackwright.compiler.simulation.ranks import find_ranks
from rackwright.dsl.diagnostics import Diagnostic

Compile = Callable[..., Compilation]

SPEC = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator { scale_up = 100 GB/s }
server box { scale_up = switch
    accelerator[2] : gpu
    nic[2] : parts.lab_nic }
group unit {
    box[4] : box
    leaf : parts.lab_switch
    link box[n].nic[r] -> leaf.eth[2*n + r]
}
site hall {
    unit[3] : unit
    spine : parts.lab_switch
    link unit[u].leaf.eth[15] -> spine.eth[u]
}
network fabric { routing = none }
workload w { RANKS
    collective = all_reduce 1 MB }
"""


def find(spec: Compile, text: str) -> Ranks:
    result = spec(SPEC.replace("RANKS", text))
    assert result.plant is not None, result.diagnostics
    found = find_ranks(result.plant, result.plant.design.workloads[0])
    assert isinstance(found, Ranks), found
    return found


def places(spec: Compile, text: str) -> list[str]:
    """Each rank as unit, box and accelerator."""
    ranks = find(spec, text)
    box = ranks.device - ranks.cls.first
    return [f"{b // 4}{b % 4}{s}" for b, s in zip(box.tolist(), ranks.slot.tolist(), strict=True)]


ALL = "ranks = hall.unit[*].box[*].accelerator[*]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ranks = hall.unit[1].box[1..2].accelerator[*]", "110 111 120 121"),
        ("ranks = hall.unit[*].box[3].accelerator[1]", "031 131 231"),
        (f"{ALL}, count = 6", "000 001 010 011 020 021"),
        ("ranks = unit[1..2].box[0..1].accelerator[*], placement = rail", "100 110 200 210 101 111 201 211"),
        ("ranks = unit[1..2].box[0..1].accelerator[*], placement = spread", "100 101 200 201 110 111 210 211"),
        (f"{ALL}, placement = spread, count = 8", "000 001 100 101 200 201 010 011"),
        ("ranks = unit[0].box[*].accelerator[*], placement = spread, count = 4", "000 001 010 011"),
    ],
)
def test_placements(spec: Compile, text: str, expected: str) -> None:
    assert places(spec, text) == expected.split()


@pytest.mark.parametrize("placement", ["packed", "spread", "rail"])
def test_a_rank_keeps_its_port(spec: Compile, placement: str) -> None:
    ranks = find(spec, f"{ALL}, placement = {placement}")
    assert ranks.links.shape == (24, 1) and len(np.unique(ranks.links)) == 24
    packed = find(spec, ALL)
    port = {(d, s): link for d, s, link in zip(packed.device, packed.slot, packed.links[:, 0], strict=True)}
    assert [port[d, s] for d, s in zip(ranks.device, ranks.slot, strict=True)] == ranks.links[:, 0].tolist()


def test_ranks_spread_unevenly_are_refused(spec: Compile) -> None:
    result = spec(SPEC.replace("RANKS", f"{ALL}, count = 5"))
    assert result.plant is not None
    found = find_ranks(result.plant, result.plant.design.workloads[0])
    assert isinstance(found, Diagnostic) and found.code == "RW8130"
    assert "1 are on unit0-box2 and 2 on unit0-box0" in found.detail


def test_runs_of_a_window_have_names(spec: Compile) -> None:
    result = spec(SPEC.replace("RANKS", "ranks = hall.unit[1..2].box[1..3].accelerator[*]"))
    assert result.design is not None
    workload = result.design.workloads[0]
    assert prefix(workload, 7) == (1, 2, 6)
    assert name_prefix(result.design, workload, 4) == "unit[1].box[1..2].accelerator[*]"
    assert name_prefix(result.design, workload, 12) == "unit[1..2].box[1..3].accelerator[*]"
