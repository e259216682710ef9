"""The catalog: every part of it can be built, every figure is cited or marked as a guess, and its halls stand up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.schema import KINDS

Spec = Callable[[str], Compilation]

CATALOG = Path(__file__).parents[2] / "specs" / "catalog"
_HEAD = re.compile(r"^(\w+) (\w+)(?:\((.*)\))?(?: is ([\w.]+)(?:\(.*\))?)? \{$")
_FIGURE = re.compile(r"(?:^|, )(\w+) *= [^\"]*?\d")


@dataclass(frozen=True)
class Definition:
    """One declaration of a module, with the lines of its block that are not deeper inside."""

    module: str
    kind: str
    name: str
    parameters: str | None
    base: str | None
    lines: tuple[str, ...]

    @property
    def alias(self) -> str:
        return self.module.rpartition(".")[2]


def definitions() -> list[Definition]:
    found = []
    for path in sorted(CATALOG.glob("*/*.rack")):
        module = f"{path.parent.name}.{path.stem}"
        for block in re.split(r"\n(?=\w+ \w+.* \{\n)", path.read_text("utf-8")):
            head, _, body = block.partition("\n")
            match = _HEAD.match(head)
            if match is not None:
                own = [line.strip() for line in body.split("\n") if re.match(r" {4}[^ }]", line)]
                kind, name, parameters, base = match.groups()
                found.append(Definition(module, kind, name, parameters, base, tuple(own)))
    return found


ALL = definitions()
NAMED = {f"{d.module}.{d.name}": d for d in ALL}

ARGUMENTS = {
    "generic.power.utility": "1 MW",
    "generic.power.generator": "1 MW",
    "generic.power.transfer_switch": "1 MW",
    "generic.power.switchboard": "1000 A, 4",
    "generic.power.ups": "500 kW, 3",
    "generic.power.busway": "400 A, 12, 30 A",
    "generic.power.tap_box": "30 A",
    "generic.power.rack_pdu": "60 A",
    "generic.cooling.crah": "200 kW",
    "generic.cooling.fan_wall": "200 kW",
    "generic.cooling.dry_cooler": "1 MW, 4",
    "ocp.cooling.row_cdu": "500 kW, 8",
    "ocp.cooling.aalc_rack": "60 kW",
    "ocp.cooling.rack_manifold": "10",
    "ocp.cooling.facility_water": "1 MW, 4",
}
"""Arguments of templates without a default for each parameter."""


def test_there_is_a_catalog() -> None:
    assert len(ALL) > 100
    assert {d.kind for d in ALL} <= set(KINDS)


@pytest.mark.parametrize("name", [n for n, d in NAMED.items() if KINDS[d.kind].role in ("part", "assembly")])
def test_every_part_can_be_built(spec: Spec, name: str) -> None:
    definition = NAMED[name]
    call = f"({ARGUMENTS[name]})" if name in ARGUMENTS else ""
    holder = "row" if definition.kind == "rack" else "rack"
    result = spec(f"use {definition.module} as m\n{holder} test {{\n    it : m.{definition.name}{call}\n}}\n")
    assert [d for d in result.diagnostics if d.severity == "error"] == []
    assert result.plant is not None


def cited(definition: Definition) -> bool:
    """Whether a definition, or one that it is based on in its module, names a source."""
    if any(line.startswith("source ") for line in definition.lines):
        return True
    base = NAMED.get(f"{definition.module}.{definition.base}")
    return base is not None and cited(base)


def told(definition: Definition) -> bool:
    """Whether a definition, or one that it is based on in its module, says what about it is a guess."""
    if any(line.startswith("assumed ") for line in definition.lines):
        return True
    base = NAMED.get(f"{definition.module}.{definition.base}")
    return base is not None and told(base)


@pytest.mark.parametrize("name", NAMED)
def test_every_figure_is_cited_or_a_guess(name: str) -> None:
    definition = NAMED[name]
    bare = [
        line
        for line in definition.lines
        if _FIGURE.search(line)
        and not line.startswith(("source ", "assumed ", "model ", '"', "let ", "split ", "view ", "link "))
        and " : " not in line
        and not line.endswith(" assumed")
    ]
    of_user = definition.parameters is not None or definition.module == "generic.lab"
    assert cited(definition) or of_user or told(definition) or not bare, f"{name}: no source for {bare}"


@pytest.mark.parametrize("name", NAMED)
def test_what_is_marked_as_a_guess_is_told(name: str) -> None:
    """`… assumed` on a line asks for a sentence that says what is guessed, here or in what it is based on."""
    definition = NAMED[name]
    marked = [line for line in definition.lines if line.endswith(" assumed") and not line.startswith("inlet")]
    assert not marked or told(definition), f"{name}: say why {marked}"


HALL = """
use generic.power
use generic.cooling as air
use ocp.cooling
use ocp.orv3

server box {
    height = 2 OU, peak_power = 6.5 kW, weight = 40 kg
    liquid = 80 %, rise = 10 K, coolant_limit = 45 degC, pressure_drop = 10 psi, coolant = pg25
    air_rise = 12.3 K, air_limit = 35 degC

    inlet : inlet { wiring = dc, voltage = 48 V, busbar = true }
    cold  : coolant_in
}
rack r is orv3.rack_hpr {
    shelf[3] : orv3.power_shelf_33kw at 1 OU + 1 OU * shelf
    bbu[3]   : orv3.bbu_shelf_hpr at 4 OU + 2 OU * bbu
    box[7]   : box at 10 OU + 2 OU * box
    manifold : cooling.rack_manifold(7)

    feed shelf[*], bbu[*] -> box[*]
    pipe manifold.tray[b] -> box[b]
}
hall h {
    grid      : power.utility(2 MW)
    generator : power.generator(2 MW)
    transfer  : power.transfer_switch(2 MW)
    board     : power.switchboard(2500 A, 5)
    ups[2]    : power.ups(600 kW, 4)
    busway[2] : power.busway(1000 A, 48, 30 A)
    water     : cooling.facility_water(2 MW, 4)
    crah[2]   : air.crah(120 kW, 30 degC)
    cdu[2]    : cooling.row_cdu(250 kW, 4)
    r[4]      : r

    feed grid         -> transfer.source[0]
    feed generator    -> transfer.source[1]
    feed transfer     -> board
    feed board.way[u] -> ups[u]
    feed board.way[2] -> water
    feed board.way[3] -> cdu[*].inlet[*]
    feed board.way[4] -> crah[*].inlet[*]
    feed ups[u]       -> busway[u]
    feed busway[i].tap[3*k + s] -> r[k].shelf[s].inlet[i]  using power.whip_30a

    pipe water.supply[c]     -> cdu[c].water
    pipe water.supply[2 + c] -> crah[c].water
    pipe cdu[c].supply[k]    -> r[k].manifold.inlet[c]
}
require survives(r, lose = 1 shelf)
require survives(h, lose = 1 cdu)
require survives(h, lose = 1 ups)
require survives(h, lose = 1 crah)
"""


def test_a_hall_of_catalog_parts_stands_up(spec: Spec) -> None:
    result = spec(HALL)
    assert [(d.code, d.detail) for d in result.diagnostics if d.severity != "note"] == []
