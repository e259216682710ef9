"""How `show` writes what several of its sheets hold."""

from __future__ import annotations

import textwrap

from ...design import Design, Element, Media, Whip
from ...names import terminal_names
from ...plant import Plant
from ...trace import statements
from .sheet import Table


def count(number: int, word: str) -> str:
    """`1 rack`, `16 racks`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def gbps(bits: int) -> str:
    """A rate in Gbit/s as short as it can be."""
    return f"{bits / 1_000_000_000:g}"


def stated_table(design: Design, owner: Element | Media | Whip) -> Table:
    """Every attribute with its value and the line that states it; a block by what is inside of it."""
    blocks = {attribute.partition(".")[0] for attribute in owner.stated if "." in attribute}
    rows = [
        (s.attribute, textwrap.shorten(s.value, 60), str(s.place), "assumed" if s.assumed else "")
        for s in statements(design, owner)
        if s.attribute not in blocks
    ]
    return Table("stated", ("stated", "value", "at", ""), rows)


def words_of(owner: Element | Media | Whip) -> tuple[str, ...]:
    """What a definition says of itself, where its figures come from, and what it calls assumed."""
    found = [owner.doc.strip().partition("\n")[0]]
    if owner.attributes.source:
        found.append(f"source: {owner.attributes.source}")
    if owner.attributes.assumed:
        found.append(f"assumed: {owner.attributes.assumed}")
    return tuple(line for line in found if line)


class Terminals:
    """Names of terminals of one kind, computed once a class."""

    def __init__(self, plant: Plant, kind: str) -> None:
        self._plant = plant
        self._kind = kind
        self._names: dict[int, list[str]] = {}

    def name(self, device: int, terminal: int) -> str:
        cls = self._plant.class_of(device)
        if cls.index not in self._names:
            self._names[cls.index] = terminal_names(self._plant, cls, self._kind)
        return self._names[cls.index][terminal]

    def end(self, device: int, terminal: int) -> str:
        """Device and terminal: `pod0-gpu3-tor eth5`."""
        return f"{self._plant.devices.names[device]} {self.name(device, terminal)}"
