"""Free text of a spec in fields of NetBox, which have a length."""

from __future__ import annotations

from .._kit.csv import harmless
from .._kit.safe import one_line

MODEL, INTERFACE, PART, DESCRIPTION = 100, 64, 50, 200
"""Longest text of a name of a maker or model, of a component, a part number and a description (NetBox 4.6.8,
`max_length` in `dcim/models/`)."""


def field(text: str, length: int) -> str:
    """Text on one line, no longer than a field takes, that no spreadsheet executes."""
    return harmless(one_line(text).strip())[:length].strip()


def fits(text: str, length: int) -> bool:
    """Whether a text stands in NetBox as it is."""
    return field(text, length) == text


def apart(names: list[str], length: int) -> list[str]:
    """The same texts, all different even if case is not looked at: later ones have a number behind them."""
    taken: set[str] = set()
    found = []
    for name in names:
        text, number = name, 1
        while text.lower() in taken:
            number += 1
            text = f"{name[: length - 8].rstrip()} ~{number}"
        taken.add(text.lower())
        found.append(text)
    return found
