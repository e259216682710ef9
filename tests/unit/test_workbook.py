"""The workbook, read back: its sheets say what the CSV files say, as numbers and text, and no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook as Book
from unit.test_cabling import HALL, PARTS, swap

from rackwright.backends.cabling import Cabling
from rackwright.backends.workbook import Workbook, xlsx
from rackwright.compiler.backend import Artifact, Request
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

CABLING = {"BOM": "bom", "Cables": "cables", "Pulls": "pulls", "Trays": "trays", "Labels": "labels"}

WEIGHTS = swap(
    swap(PARTS, '"""Copper, with a comma."""', '"""-1"""\n diameter = 6 mm\n linear_weight = 33 g/m\n power = 0.1 W'),
    '"""A server."""',
    "weight = 21.5 kg",
)


def compiled(folder: Path, text: str) -> Compilation:
    path = folder / "room.rack"
    path.write_text(text)
    done = compile_spec(str(path), {})
    assert not has_errors(done.diagnostics), done.diagnostics
    return done


def render(done: Compilation, backend: Workbook | Cabling, request: Request) -> list[Artifact]:
    assert done.design is not None and done.plant is not None
    return list(backend.render(done.design, done.plant, request))


def book(data: bytes) -> Book:
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(data: bytes, sheet: str) -> list[list[object]]:
    return [list(row) for row in book(data)[sheet].iter_rows(values_only=True)]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Compilation:
    return compiled(tmp_path_factory.mktemp("room"), WEIGHTS + HALL)


@pytest.fixture(scope="module")
def data(room: Compilation) -> bytes:
    (artifact,) = render(room, Workbook(), Request(named=True))
    assert artifact.path == "workbook/room.xlsx"
    return artifact.data


@pytest.mark.parametrize("sheet", CABLING)
def test_a_sheet_is_its_csv_file(room: Compilation, data: bytes, sheet: str) -> None:
    files = {a.path: a.data.decode() for a in render(room, Cabling(), Request())}
    header, *wanted = csv.reader(io.StringIO(files[f"cabling/{CABLING[sheet]}.csv"]))
    found_header, *found = rows(data, sheet)
    assert found_header == header
    assert len(found) == len(wanted) > 0
    for got, cells in zip(found, wanted, strict=True):
        for name, value, text in zip(header, got, cells, strict=True):
            if not text:
                assert value is None, name
            elif isinstance(value, (int, float)):
                assert value == float(text), name
            else:
                assert value == text, name


def test_quantities_lengths_and_weights_are_numbers(data: bytes) -> None:
    header, *found = rows(data, "BOM")
    dac = [dict(zip(header, row, strict=True)) for row in found if row[2] == "dac"]
    # 33 g/m: 2.75 m and 3 m, two of each; an end takes 0.1 W, and a breakout of two adapters has three.
    assert [(row["quantity"], row["length_m"], row["weight_kg"], row["power_w"]) for row in dac] == [
        (2, 2.75, 0.182, 0.6),
        (2, 3, 0.198, 0.6),
    ]
    boxes = next(dict(zip(header, row, strict=True)) for row in found if row[2] == "box")
    assert (boxes["unit_weight_kg"], boxes["weight_kg"]) == (21.5, 86)


def test_the_summary_sums_up_the_sheets(data: bytes) -> None:
    summary = {row[0]: row[1] for row in rows(data, "Summary")}
    header, *lines = rows(data, "BOM")
    _, *pulls = rows(data, "Pulls")

    def added(cells: Iterable[object]) -> float:
        return sum(cell for cell in cells if isinstance(cell, (int, float)))

    column = {name: number for number, name in enumerate(header)}
    by_category = {c: [line for line in lines if line[0] == c] for c in {line[0] for line in lines}}

    def total(name: str, *categories: str) -> float:
        return added(line[column[name]] for c in categories or by_category for line in by_category.get(c, []))

    assert (
        summary["cables, fibres and trunks to pull"]
        == total("quantity", "cable", "fibre", "trunk")
        == added(row[8] for row in pulls)
    )
    assert summary["length of those whose length is known"] == added(row[9] for row in pulls) == 27.5
    assert summary["optics"] == total("quantity", "optic") == 4
    assert summary["power of the optics whose power is known"] == total("power_w", "optic") == 60
    assert summary["weight of all lines whose weight is known"] == pytest.approx(total("weight_kg"))
    assert summary["price of all lines that have one"] == total("price_usd") == 3998
    assert summary["racks"] == len(rows(data, "Racks")) - 1
    assert summary["devices"] == len(rows(data, "Elevations")) - 1 == len(rows(data, "Cooling")) - 1
    power = [row for row in rows(data, "Power") if row[0] == "device"]
    assert summary["peak power"] == added(row[7] for row in power)


def test_every_header_is_frozen_and_filtered(data: bytes) -> None:
    for sheet in book(data):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])


def test_nothing_is_a_formula(data: bytes) -> None:
    cells = [cell for sheet in book(data) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"inlineStr", "n", "s"}
    texts = {cell.value for cell in cells if cell.data_type != "n"}
    assert "'=HYPERLINK(maker)" in texts and "'-1" in texts
    assert not [text for text in texts if isinstance(text, str) and text.startswith(("=", "+", "-", "@"))]


def test_the_same_design_has_the_same_bytes(room: Compilation, data: bytes) -> None:
    (again,) = render(room, Workbook(), Request(named=True))
    assert again.data == data
    archive = ZipFile(io.BytesIO(data))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert book(data).properties.created == book(data).properties.modified == datetime(1980, 1, 1)


def test_it_is_written_when_named_and_once(room: Compilation) -> None:
    assert render(room, Workbook(), Request()) == []
    assert render(room, Workbook(), Request(named=True, shard=1, shards=2)) == []


def test_a_design_without_racks_and_links_has_a_workbook(tmp_path: Path) -> None:
    bare = compiled(tmp_path, "server box { height = 2 RU, peak_power = 1 kW }\ngroup g { b : box }\n")
    (artifact,) = render(bare, Workbook(), Request(named=True))
    assert len(rows(artifact.data, "Cables")) == 1
    assert len(rows(artifact.data, "Cooling")) == 2


def test_text_that_xml_cannot_hold_and_formulas_are_made_harmless() -> None:
    frame = pl.DataFrame({"name": ["a\x00b\ufffe", "=1+1", "1e5", None], "length_m": ["2.5", "~0.333333", "-3", "1e5"]})
    data = xlsx.write([xlsx.Sheet("S", [frame])])
    assert rows(data, "S") == [
        ["name", "length_m"], ["a b ", 2.5], ["'=1+1", "~0.333333"], ["1e5", -3], [None, "1e5"],
    ]  # fmt: skip


def test_a_table_that_is_too_long_goes_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 4)
    frames = [pl.DataFrame({"quantity": list(range(start, start + 5))}) for start in (0, 5)]
    data = xlsx.write([xlsx.Sheet("S", frames)])
    assert book(data).sheetnames == ["S", "S 2", "S 3", "S 4"]
    found = [row[0] for name in book(data).sheetnames for row in rows(data, name)[1:]]
    assert found == list(range(10))
