"""One cable, one row, two plugs: the tables of cabling, the bill and the files for validation count the same things.

Everything is counted again with plain loops from cables.csv.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from property.designs import Small, small
from property.test_plants import compiled_small, plant_of

from rackwright.backends.cabling import Cabling
from rackwright.backends.frr import Frr
from rackwright.backends.validation import Validation
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation, compile_spec

SPECS = Path(__file__).parents[2] / "specs"
FEW = settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])

Row = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cabling")


class Tables:
    """What a design's backends print."""

    def __init__(self, done: Compilation) -> None:
        assert done.design is not None
        plant = plant_of(done)
        self.plant = plant
        self.files = {
            artifact.path: artifact.data.decode()
            for backend in (Cabling(), Validation(), Frr())
            for artifact in backend.render(done.design, plant, Request(named=True))
        }
        self.cables = self.rows("cables")

    def rows(self, table: str) -> list[Row]:
        return list(csv.DictReader(io.StringIO(self.files[f"cabling/{table}.csv"])))

    @property
    def bought(self) -> list[Row]:
        """The rows of cables.csv that are a cable of their own."""
        return [row for row in self.cables if not row["shared_with"]]


def agree(tables: Tables) -> None:
    bill_is_the_cables(tables)
    bill_is_the_cages(tables)
    pulls_are_the_cables(tables)
    labels_are_the_ends(tables)
    trays_hold_the_cables(tables)
    validation_has_the_links(tables)
    both_configurations_name_each_other(tables)


def bill_is_the_cables(tables: Tables) -> None:
    laid = Counter((row["cable"] or "not stated", row["length_m"]) for row in tables.bought)
    lines: Counter[tuple[str, str]] = Counter()
    for line in tables.rows("bom"):
        if line["category"] in ("cable", "fibre"):
            lines[line["definition"] or line["sku"], line["length_m"]] += int(line["quantity"])
            assert int(line["to_order"]) == int(line["quantity"]) + int(line["spares"])
    assert lines == laid
    trunks = sum(int(line["quantity"]) for line in tables.rows("bom") if line["category"] == "trunk")
    named = {row["shared_with"] for row in tables.cables} - {row["cable_id"] for row in tables.cables} - {""}
    assert trunks == len(named)


def bill_is_the_cages(tables: Tables) -> None:
    cages: dict[str, set[tuple[str, str]]] = {}
    for row in tables.cables:
        for end in "az":
            if row[f"{end}_optic"]:
                place = (row[f"{end}_device"], row[f"{end}_port"].partition("/")[0])
                cages.setdefault(row[f"{end}_optic"], set()).add(place)
    lines = {row["definition"]: int(row["quantity"]) for row in tables.rows("bom") if row["category"] == "optic"}
    assert lines == {name: len(places) for name, places in cages.items()}


def pulls_are_the_cables(tables: Tables) -> None:
    pulled: Counter[tuple[str, str]] = Counter()
    metres = Fraction(0)
    for pull in tables.rows("pulls"):
        assert int(pull["quantity"]) > 0
        pulled[pull["cable"], pull["length_m"]] += int(pull["quantity"])
        if pull["length_m"]:
            assert Fraction(pull["total_m"]) == Fraction(pull["length_m"]) * int(pull["quantity"])
            metres += Fraction(pull["total_m"])
    lines = [line for line in tables.rows("bom") if line["category"] in ("cable", "fibre", "trunk")]
    wanted: Counter[tuple[str, str]] = Counter()
    for line in lines:
        word = "" if line["sku"] == "not stated" else line["sku"] if line["category"] == "trunk" else ""
        word = word or (line["definition"] or line["sku"]).replace("not stated", "")
        wanted[word, line["length_m"]] += int(line["quantity"])
    assert pulled == wanted
    assert metres == sum(Fraction(line["length_m"] or 0) * int(line["quantity"]) for line in lines)


def labels_are_the_ends(tables: Tables) -> None:
    labels = tables.rows("labels")
    assert Counter(label["cable_id"] for label in labels) == Counter(2 * [row["cable_id"] for row in tables.cables])
    near = [label["tia_606"].partition(" / ")[0] for label in labels if label["tia_606"]]
    assert len(set(near)) == len(near), "two ports have one identifier"
    for a, z in zip(labels[::2], labels[1::2], strict=True):
        one, _, other = a["tia_606"].partition(" / ")
        assert z["tia_606"] == (f"{other} / {one}" if one else "")


def trays_hold_the_cables(tables: Tables) -> None:
    """In every piece of tray the cables whose way, walked rack by rack, leads through it; trunks are left out."""
    plant = tables.plant
    place = {
        name: (int(row), int(bay))
        for name, row, bay in zip(plant.racks.names, plant.racks.row, plant.racks.bay, strict=True)
        if int(row) >= 0
    }
    bays: dict[int, list[int]] = {}
    for row, bay in place.values():
        bays[row] = sorted({*bays.get(row, []), bay})
    order = sorted(bays)
    walked: Counter[tuple[str, str, str]] = Counter()

    def along(row: int, low: int, high: int) -> None:
        stops = [-1, *bays[row]]
        for before, here in pairwise(stops):
            if low < here <= high:
                walked[letters(row), "CROSS" if before < 0 else f"{before:02}", f"{here:02}"] += 1

    for cable in tables.bought:
        a, z = (place.get(cable[f"{end}_location"].split(" ")[0]) for end in "az")
        if a is None or z is None or a == z or not cable["trays"]:
            continue
        if a[0] == z[0]:
            along(a[0], min(a[1], z[1]), max(a[1], z[1]))
            continue
        along(a[0], -1, a[1])
        along(z[0], -1, z[1])
        for before, here in pairwise(order):
            if min(a[0], z[0]) < here <= max(a[0], z[0]):
                walked["CROSS", letters(before), letters(here)] += 1
    if any(line["category"] == "trunk" for line in tables.rows("bom")):
        return
    found = {(r["tray"].partition(".")[2], r["from"], r["to"]): int(r["cables"]) for r in tables.rows("trays")}
    assert found == dict(walked)


def letters(row: int) -> str:
    assert row < 26
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[row]


def validation_has_the_links(tables: Tables) -> None:
    """Every link whose both ends have interface names: of switches those in cables.csv, of the lab's hosts `eth1`."""

    def port(row: Row, end: str) -> str:
        return row[f"{end}_interface"] or ("eth1" if "host" in row[f"{end}_device"] else "")

    links: dict[str, list[tuple[str, str]]] = {}
    for row in tables.cables:
        ends = links.setdefault(row["circuit"] or row["cable_id"], [])
        ends += [(row[f"{end}_device"], port(row, end)) for end in "az" if port(row, end)]
    wanted = {frozenset(ends) for ends in links.values()}
    assert all(len(ends) == 2 for ends in wanted) and len(wanted) == len(links) == len(tables.plant.links)
    quoted = re.findall(r'^ "(.*?)":"(.*?)" -- "(.*?)":"(.*?)"$', tables.files["validation/ptm/topology.dot"], re.M)
    assert {frozenset([(a, p), (z, q)]) for a, p, z, q in quoted} == wanted and len(quoted) == len(wanted)
    edges = json.loads(tables.files["validation/batfish/layer1_topology.json"])["edges"]
    assert len(edges) == 2 * len(wanted)
    assert {frozenset((n["hostname"], n["interfaceName"]) for n in edge.values()) for edge in edges} == wanted
    table = list(csv.DictReader(io.StringIO(tables.files["validation/ufm/p2p_ethernet.csv"])))
    assert len(table) == len(wanted)
    assert {
        frozenset([(r["A-Node Name"], r["A-Port"]), (r["Z-Node Name"], r["Z-Port"])]) for r in table
    } == wanted  # fmt: skip


def both_configurations_name_each_other(tables: Tables) -> None:
    """The configurations of both ends of a link tell of the other end, its port and the cable, once each."""
    told: dict[str, str] = {}
    for path, text in tables.files.items():
        if path.startswith("configs/frr/") and path.endswith("/interfaces"):
            told[path.split("/")[2]] = text
    ends: dict[str, list[tuple[str, str]]] = {}
    for row in tables.cables:
        own = ends.setdefault(row["circuit"] or row["cable_id"], [])
        own += [(row[f"{end}_device"], row[f"{end}_port"]) for end in "az" if active(row[f"{end}_device"])]
    for cable, (a, z) in ends.items():
        for (device, _), (far, port) in ((a, z), (z, a)):
            if device in told:
                assert told[device].count(f"alias to {far} {port} cable {cable}\n") == 1


def active(device: str) -> bool:
    return not any(word in device for word in ("box", "cassette", "trunk"))


@FEW
@given(small())
def test_every_table_counts_the_same_cables(folder: Path, design: Small) -> None:
    agree(Tables(compiled_small(folder, design)))


@settings(max_examples=4)
@given(st.sampled_from(["1", "2", "3", "4"]))
def test_so_it_is_with_panels_and_trunks(racks: str) -> None:
    tables = Tables(compile_spec(str(SPECS / "lab_trunks.rack"), {"leaf_racks": racks}))
    agree(tables)
    patches_are_the_cords(tables)


def patches_are_the_cords(tables: Tables) -> None:
    """Each end of a cord or leg that is in a panel is in one line of the patch list, and on the right circuit."""
    ends: Counter[tuple[tuple[str, str], str, str, str]] = Counter()
    for row in tables.cables:
        for end, far in ("az", "za"):
            if "box" in row[f"{end}_device"] or "cassette" in row[f"{end}_device"]:
                here = (row[f"{end}_device"], row[f"{end}_port"])
                ends[here, row["cable_id"], f"{row[f'{far}_device']} {row[f'{far}_port']}", row["circuit"]] += 1
    found: Counter[tuple[tuple[str, str], str, str, str]] = Counter()
    for row in tables.rows("patching"):
        for side in "az":
            if row[f"{side}_cable"]:
                here = (row["panel"], row[f"{side}_port"])
                found[here, row[f"{side}_cable"], row[f"{side}_to"], row["circuit"]] += 1
        if row["circuit"]:
            assert row["circuit_a"] and row["circuit_z"] and row["a_cable"] and row["z_cable"]
    assert found == ends and set(ends.values()) == {1}
