"""CSV files: RFC 4180, UTF-8, a header line, one way of writing for every backend.

Lines end with a bare line feed, the one liberty taken with the RFC: every reader accepts it, and `cut`,
`awk` and `git diff` need it. A missing value is an empty field.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import polars as pl

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula
(https://owasp.org/www-community/attacks/CSV_Injection)."""


def harmless(text: str) -> str:
    """Free text that no spreadsheet executes: an apostrophe goes before what would be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write(frames: Iterable[pl.DataFrame]) -> bytes:
    """One file of frames with the same columns, of which there must be at least one.

    Frames are taken one by one, so a long table never stands in memory twice.
    """
    out = BytesIO()
    for number, frame in enumerate(frames):
        frame.write_csv(out, include_header=number == 0, line_terminator="\n", quote_style="necessary", null_value="")
    return out.getvalue()
