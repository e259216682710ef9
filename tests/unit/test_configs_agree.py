"""The files of every operating system agree with each other and with the list of cables, line for line.

Readers in `configs/` know the text of the files alone. `judge` holds what they read together; planted faults show that
it can see. No network operating system takes part.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from support import backends
from unit.configs import eos, fboss, frr, openconfig, sonic
from unit.configs.judge import Row, faults
from unit.configs.model import Files, Switch
from unit.fabrics import CLOS, SPECS, built

from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.dsl.diagnostics import has_errors

HERE = Path(__file__).parent

READERS: dict[str, Callable[[Files], Switch]] = {
    "frr": frr.read,
    "sonic": sonic.read,
    "eos": eos.read,
    "fboss": fboss.read,
    "openconfig": openconfig.read,
}

Texts = dict[tuple[str, str, str], str]
"""The files of a fabric by operating system, device and name."""

SIXES = 'loopback6 = "fd00:0:0:1::/64", host6 = "fd00:0:0:2::/64", fabric6 = "fd00:0:0:3::/64", '
MODELLED = tuple(
    (f"eos = {name}", f"eos = {name}, openconfig = {name}")
    for name in ('"Ethernet{eth + 1}/1"', '"Ethernet{eth + 1}/{4*lane + 1}"')
)
NUMBERED = (
    *MODELLED,
    ("unnumbered = true", "unnumbered = false"),
    ("pools   { ", f'pools   {{ fabric = "10.64.0.0/20", {SIXES}'),
)
MIXED = (
    ("leaf[2]  : test_switch", "leaf[2]  : test_switch { os = sonic }"),
    ("spine[2] : test_switch", "spine[2] : test_switch { os = frr }"),
)
MODELS = (MIXED[1], ("leaf[2]  : test_switch", "leaf[2]  : test_switch { os = openconfig }"))
TIMERS = (("bfd = true", "bfd = true, bfd_interval = 100 ms, bfd_multiplier = 5, keepalive = 10 s, hold = 40 s"),)
MINIPACK = HERE / "minipack3.rack"
SPINES = (("spine[2]  : minipack3.minipack3_400g", "spine[2]  : minipack3.minipack3_400g { os = frr }"),)

Edits = tuple[tuple[str, str], ...]

FABRICS: dict[str, tuple[Path, Edits, tuple[str, ...]]] = {
    "clos": (CLOS, TIMERS, ("frr", "sonic", "eos")),
    "numbered": (CLOS, NUMBERED, ("frr", "sonic", "eos", "openconfig")),
    "sonic-tables": (HERE / "sonic.rack", (), ("sonic",)),
    "minipack3": (MINIPACK, (), ("frr", "fboss")),
    "lab_3tier": (SPECS / "lab_3tier.rack", (), ("frr", "sonic")),
    "dual_plane_rail": (SPECS / "dual_plane_rail.rack", (), ("sonic", "frr")),
}
"""Specs with edits, and who renders each of them in full."""

MIXTURES: dict[str, tuple[Path, Edits]] = {
    "mixed": (CLOS, MIXED),
    "mixed-numbered": (CLOS, MIXED + NUMBERED),
    "mixed-timers": (CLOS, MIXED + TIMERS),
    "mixed-models": (CLOS, (*MODELS, *NUMBERED)),
    "minipack3": (MINIPACK, SPINES),
}
"""Specs with edits in which every switch is rendered by the backend of its own system."""


def edited(folder: Path, spec: Path, edits: Edits) -> tuple[Design, Plant]:
    text = spec.read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    (folder / spec.name).write_text(text)
    return built(folder / spec.name)


def fabric(design: Design, plant: Plant, names: tuple[str, ...], request: Request) -> tuple[Texts, list[Row]]:
    """The files of these backends, and the list of cables with the interfaces as they call them."""
    texts: Texts = {}
    for name in names:
        assert not has_errors(backends()[name].accepts(design, plant, request)), name
        for artifact in backends()[name].render(design, plant, request):
            _, os, device, file = artifact.path.split("/")
            texts[os, device, file] = artifact.data.decode()
    [table] = (
        a.data.decode() for a in backends()["cabling"].render(design, plant, Request()) if a.path.endswith("cables.csv")
    )
    return texts, list(csv.DictReader(io.StringIO(table)))


def switches(texts: Texts) -> dict[str, Switch]:
    files: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for (os, device, name), text in texts.items():
        files[os, device][name] = text
    return {device: READERS[os](own) for (os, device), own in files.items()}


@pytest.mark.parametrize(("name", "os"), [(name, os) for name, (_, _, systems) in FABRICS.items() for os in systems])
def test_a_fabric_of_one_system(name: str, os: str, tmp_path: Path) -> None:
    spec, edits, _ = FABRICS[name]
    text = re.sub(r"\bos( *)= \w+", rf"os\1= {os}", spec.read_text())
    (tmp_path / spec.name).write_text(text)
    design, plant = edited(tmp_path, tmp_path / spec.name, edits)
    texts, cables = fabric(design, plant, (os,), Request())
    found = switches(texts)
    assert len(found) == sum(c.count for c in plant.classes_of_kind("switch"))
    assert faults(found, cables) == []


@pytest.mark.parametrize("name", MIXTURES)
def test_a_fabric_of_several_systems(name: str, tmp_path: Path) -> None:
    design, plant = edited(tmp_path, *MIXTURES[name])
    texts, cables = fabric(design, plant, tuple(READERS), Request())
    found = switches(texts)
    assert len(found) == sum(c.count for c in plant.classes_of_kind("switch"))
    assert len({switch.os for switch in found.values()}) == (2 if name == "minipack3" else 3)
    assert faults(found, cables) == []


# --- planted faults: each must be seen, and told where it is ---

NUMBERS_OF: dict[str, Edits] = {**dict.fromkeys(READERS, NUMBERED), "fboss": ()}


def planted() -> list[tuple[str, ...]]:
    """System, device, file; what is there and what is put there, as of `re.sub`; what must be said."""
    found = []
    for line in (HERE / "configs" / "faults.txt").read_text().splitlines()[1:]:
        where, there, put, said = (part.strip() for part in re.split(r" \| ", line + " "))
        found.append((*where.split(), there, put, said))
    return found


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Texts, list[Row]]]:
    """The files of a fabric by the system that renders all of it, made once."""
    made: dict[str, tuple[Texts, list[Row]]] = {}

    def of(os: str) -> tuple[Texts, list[Row]]:
        if os not in made:
            spec = MINIPACK if os == "fboss" else CLOS
            folder = tmp_path_factory.mktemp(os)
            (folder / spec.name).write_text(re.sub(r"\bos( *)= \w+", rf"os\1= {os}", spec.read_text()))
            made[os] = fabric(*edited(folder, folder / spec.name, NUMBERS_OF[os]), (os,), Request())
        return made[os]

    return of


@pytest.mark.parametrize(("os", "device", "file", "there", "put", "said"), planted())
def test_a_planted_fault_is_seen(
    good: Callable[[str], tuple[Texts, list[Row]]], os: str, device: str, file: str, there: str, put: str, said: str
) -> None:
    texts, cables = good(os)
    assert faults(switches(texts), cables) == []
    key = (os, device, file)
    changed = re.sub(there, put, texts[key], count=1, flags=re.MULTILINE)
    assert changed != texts[key]
    try:
        found = faults(switches(texts | {key: changed}), cables)
    except (AssertionError, KeyError, ValueError) as refused:
        found = [repr(refused)]
    assert any(said in line for line in found), found


def test_a_cable_that_is_listed_elsewhere_is_seen(good: Callable[[str], tuple[Texts, list[Row]]]) -> None:
    texts, cables = good("frr")
    fabric_rows = [n for n, row in enumerate(cables) if "leaf" in row["a_device"] and "spine" in row["z_device"]]
    one, other = fabric_rows[0], fabric_rows[-1]
    swapped = [dict(row) for row in cables]
    for column in ("z_device", "z_port", "z_interface"):
        swapped[one][column], swapped[other][column] = swapped[other][column], swapped[one][column]
    found = faults(switches(texts), swapped)
    assert any("not the two addresses of one link" in line for line in found)
    assert any("cable " in line and ", not `to" in line for line in found)
    assert any("no cable is there" in line for line in faults(switches(texts), cables[:one] + cables[one + 1 :]))
