"""Random panels, trunks and cords: the columns find the same links as plain loops do."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.chain_walker import check, circles, walk
from unit.counts import plant_of

from rackwright.compiler.pipeline import compile_spec

PORTS = 4
"""Ports of a switch, and on either side of a panel."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chains")


def text(seed: int) -> str:
    """Two switches, up to four panels and a trunk, each with a permutation inside, and cords at random between them."""
    random = Random(seed)
    parts, members, free = [], ["a : sw", "b : sw"], [f"{s}.eth[{i}]" for s in "ab" for i in range(PORTS)]
    for number in range(random.randint(1, 4)):
        kind, front, rear = random.choice((("patch", "front", "rear"), ("trunk", "a", "z")))
        targets = random.sample(range(PORTS), PORTS)
        inside = [f"link {front}[{i}] -> {rear}[{t}]" for i, t in enumerate(targets) if random.random() < 0.9]
        ends = [f"{end}[{PORTS}] : port {{ connector = mpo12_apc }}" for end in (front, rear)]
        parts.append("\n    ".join([f"{kind} part{number} {{", *ends, *inside]) + "\n}")
        members.append(f"p{number} : part{number}")
        free += [f"p{number}.{end}[{i}]" for end in (front, rear) for i in range(PORTS)]
    random.shuffle(free)
    cords = [f"link {free[i]} -> {free[i + 1]}" for i in range(0, len(free) - 1, 2) if random.random() < 0.9]
    switch = f"switch sw {{\n    peak_power = 1 W\n    eth[{PORTS}] : port {{ speed = 400 Gbps }}\n}}"
    return "\n".join([switch, *parts, "rack r {", *members, *cords, "}"]) + "\n"


@given(seed=st.integers(0, 10**9))
def test_columns_against_plain_loops(folder: Path, seed: int) -> None:
    path = folder / "chains.rack"
    path.write_text(text(seed), "utf-8")
    result = compile_spec(str(path), {})
    plant = plant_of(result)
    check(plant)
    around = circles(plant)
    assert plant.circuits is not None
    assert set(np.flatnonzero(plant.circuits.circular).tolist()) == around
    errors = {d.code for d in result.diagnostics if d.severity == "error"}
    assert errors == ({"RW4007"} if around else set())
    lit, dark = (plant.circuits.circuit >= 0).sum(), any(d.code == "RW4006" for d in result.diagnostics)
    passive = plant.passive[plant.segments.a_device] & plant.passive[plant.segments.z_device]
    assert dark == bool(((plant.circuits.circuit < 0) & ~passive).any())
    assert lit == sum(len(chain.segments) for chain in walk(plant))
