"""Sheets as an Office Open XML workbook (ECMA-376), the same bytes for the same sheets.

openpyxl writes the sheets row by row. What would differ from run to run is the time of writing, in the document's
properties and in the archive's entries; both are the beginning of 1980, the earliest that an archive can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

ROWS = 1 << 20
"""Rows that a sheet can hold, its header included."""

_EPOCH = datetime(1980, 1, 1)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WIDEST = 60
"""Characters of the widest column."""

_NUMBERS = frozenset(
    ["quantity", "spares", "to_order", "cables", "unmeasured", "devices", "value", "unknown_weights"],
)
_UNITS = ("_m", "_mm", "_mm2", "_kg", "_w", "_usd", "_gbps", "_percent", "_l_min", "_c")
_NOT_IN_XML = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]"


@dataclass(frozen=True)
class Sheet:
    """A sheet: frames with the same columns, of which there must be at least one.

    A column is of numbers if its values are, or if they are decimals and its name ends in a unit or tells a number.
    """

    name: str
    frames: Iterable[pl.DataFrame]


def write(sheets: Iterable[Sheet]) -> bytes:
    """The workbook's file. Every sheet has a frozen header with a filter; one that is too long goes on in another."""
    book = Workbook(write_only=True)
    book.properties.creator = "rackwright"
    book.properties.created = _EPOCH
    for sheet in sheets:
        for number, part in enumerate(_parts(sheet.frames)):
            _add(book, f"{sheet.name} {number + 1}" if number else sheet.name, part)
    raw = BytesIO()
    book.save(raw)
    return _timeless(raw)


def _parts(frames: Iterable[pl.DataFrame]) -> Iterator[list[pl.DataFrame]]:
    """Frames in groups that each fit a sheet."""
    held: list[pl.DataFrame] = []
    room = ROWS - 1
    for frame in frames:
        while frame.height > room:
            yield [*held, frame[:room]]
            frame, held, room = frame[room:], [], ROWS - 1
        held.append(frame)
        room -= frame.height
    yield held


def _add(book: Workbook, name: str, frames: list[pl.DataFrame]) -> None:
    """One sheet."""
    page = book.create_sheet(name)
    header = frames[0].columns
    page.freeze_panes = "A2"
    for number, column in enumerate(header, 1):
        longest = max([len(column) + 3, *(_longest(frame[column]) for frame in frames)])
        page.column_dimensions[get_column_letter(number)].width = min(_WIDEST, longest + 2)
    rows = sum(frame.height for frame in frames)
    page.auto_filter.ref = f"A1:{get_column_letter(len(header))}{rows + 1}"
    bold = []
    for column in header:
        cell = WriteOnlyCell(page, column)
        cell.font = Font(bold=True)
        bold.append(cell)
    page.append(bold)
    for frame in frames:
        for row in zip(*(_values(frame[column]) for column in header), strict=True):
            page.append(row)


def _longest(column: pl.Series) -> int:
    found = column.cast(pl.String).str.len_chars().max()
    return found if isinstance(found, int) else 0


def _values(column: pl.Series) -> list[str | int | float | None]:
    """Cells of a column: numbers as numbers, text without what XML cannot hold and no spreadsheet executes."""
    if column.dtype != pl.String:
        return column.to_list()
    if is_number(column.name):
        return [None if text is None else _number(text) for text in column.to_list()]
    clean = column.str.replace_all(_NOT_IN_XML, " ")
    # Text of the spec is harmless already; openpyxl takes nothing but a leading `=` for a formula.
    return [f"'{text}" if text is not None and text.startswith("=") else text for text in clean.to_list()]


def is_number(name: str) -> bool:
    """Whether a column of that name holds numbers."""
    return name in _NUMBERS or name.endswith(_UNITS)


def _number(text: str) -> int | float | str:
    """A decimal as a number; other text, such as a mark that a figure is rounded, as it is."""
    if not _DECIMAL.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _timeless(raw: BytesIO) -> bytes:
    """The archive with the same entries and no time in them."""
    out = BytesIO()
    with ZipFile(raw) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            target.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), data, ZIP_DEFLATED)
    return out.getvalue()
