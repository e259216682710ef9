"""What lies in which piece of tray, how full it is, and which spares are ordered: counted by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from unit.test_cabling import HALL, PARTS, Built, build, swap
from unit.test_halls import TEXT

from rackwright.backends.cabling import Cabling
from rackwright.compiler.backend import Request
from rackwright.compiler.cabling.cables import cables
from rackwright.compiler.cabling.floor import row_letters
from rackwright.compiler.cabling.laid import laid
from rackwright.compiler.cabling.spans import spans
from rackwright.compiler.cabling.ways import ways
from rackwright.compiler.pipeline import Compilation

Spec = Callable[..., Compilation]

DAC = "    reach   = 3 m\n    lengths = [1 m, 3 m, 2.75 m]"


def rows(done: Compilation, table: str) -> list[dict[str, str]]:
    assert done.design is not None and done.plant is not None
    files = {a.path: a.data.decode() for a in Cabling().render(done.design, done.plant, Request())}
    return list(csv.DictReader(io.StringIO(files[f"cabling/{table}.csv"])))


def test_cables_between_halls_are_in_the_trays_of_both_and_of_the_building(spec: Spec) -> None:
    done = spec(TEXT % "")
    found = {(r["tray"], r["from"], r["to"]): (r["length_m"], r["cables"]) for r in rows(done, "trays")}
    assert found == {
        ("H0.A", "CROSS", "01"): ("1.6", "2"),
        ("H0.A", "01", "02"): ("0.6", "1"),
        ("H0.B", "CROSS", "01"): ("1.6", "2"),
        ("H0.B", "01", "02"): ("0.6", "2"),
        ("H1.B", "CROSS", "01"): ("1.6", "1"),
        ("H3.A", "CROSS", "01"): ("1.6", "1"),
        ("H0.CROSS", "OUT", "A"): ("0", "2"),
        ("H0.CROSS", "A", "B"): ("3", "2"),
        ("H1.CROSS", "OUT", "A"): ("0", "1"),
        ("H1.CROSS", "A", "B"): ("3", "1"),
        ("H3.CROSS", "OUT", "A"): ("0", "1"),
        ("B.A", "CROSS", "00"): ("5", "1"),
        ("B.A", "00", "01"): ("60", "1"),
        ("B.B", "CROSS", "00"): ("5", "1"),
        ("B.B", "00", "01"): ("60", "1"),
        ("B.CROSS", "A", "B"): ("40", "1"),
    }
    pulls = {(r["a_cabinet"], r["z_cabinet"]): r["trays"] for r in rows(done, "pulls")}
    assert pulls == {
        ("H0.A01", "H0.B02"): "H0.A > H0.CROSS > H0.B",
        ("H0.B02", "H1.B01"): "H0.B > H0.CROSS > B.A > H1.CROSS > H1.B",
        ("H0.A02", "H3.A01"): "H0.A > H0.CROSS > B.A > B.CROSS > B.B > H3.CROSS > H3.A",
    }


def test_the_pieces_of_a_way_are_its_length(spec: Spec) -> None:
    """All cables' lengths are the pieces that they lie in, the drops at both ends, and slack."""
    plant = spec(TEXT % "").plant
    assert plant is not None
    pieces = spans(laid(plant, cables(plant), ways(plant)).way)
    z = Fraction("0.1") + Fraction("0.04445") * 19 + Fraction("0.04445") / 2
    drop = Fraction("2.7") - z
    in_trays = Fraction(int((pieces.length_um * pieces.cables).sum()), 10**6)
    ends = 3 * 2 * drop + 1 + 2 * (2 * Fraction("1.3") + 3)
    assert in_trays + ends == Fraction(int(plant.links.length_um.sum()), 10**6)


def filled(folder: Path, rules: str) -> Built:
    """Cabinets at bays 0 and 2 joined by ten copper cables 6 mm thick, their leaf two units below the tray."""
    text = swap(PARTS, DAC, "    reach = 9 m\n    diameter = 6 mm\n    linear_weight = 33 g/m")
    hall = swap(HALL, "using twin   for i in 2..3 for j in 0..1", "using dac   for i in 2..3 for j in 0..1")
    hall = swap(hall, "cab[2 of 4] : cabinet", f"cab[2 of 4] : cabinet\n    {rules}")
    return build(folder, text + swap(hall, "bay c", "bay 2*c"))


def test_fill_is_the_round_section_of_the_cables(tmp_path: Path) -> None:
    rules = "cabling { tray_width = 20 mm, tray_depth = 10 mm, tray_fill = 50 % }"
    (piece,) = filled(tmp_path, rules).rows("trays")
    # Two pairs of links share a cable each: 2 * pi/4 * (6 mm)^2 = 56.55 mm2 of 200 mm2.
    assert piece == {
        "tray": "ROOM.A", "from": "00", "to": "02", "length_m": "1.2", "cables": "2", "unmeasured": "0",
        "section_mm2": "57", "fill_percent": "28.3", "limit_percent": "50",
    }  # fmt: skip


def test_what_is_not_stated_stays_empty(tmp_path: Path) -> None:
    (piece,) = filled(tmp_path, "").rows("trays")
    assert (piece["section_mm2"], piece["fill_percent"], piece["limit_percent"]) == ("57", "", "")


@pytest.mark.parametrize(("share", "spares"), [("0 %", 0), ("1 %", 1), ("25 %", 1), ("30 %", 2)])
def test_spares_are_rounded_up_once_a_line(tmp_path: Path, share: str, spares: int) -> None:
    lines = filled(tmp_path, f"cabling {{ spares = {share} }}").rows("bom")
    (four,) = [line for line in lines if line["sku"] == "dac" and line["quantity"] == "4"]
    assert (four["spares"], four["to_order"]) == (str(spares), str(4 + spares))
    assert {line["spares"] for line in lines if line["category"] in ("rack", "device")} == {"0"}


def test_letters_of_rows() -> None:
    assert [row_letters(row) for row in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
