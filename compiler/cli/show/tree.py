"""A derivation as text: one line a figure, what it adds on the left, where it was stated on the right."""

from __future__ import annotations

from collections.abc import Iterator

from ...trace import Figure, Stated, readable


def tree(figure: Figure) -> Iterator[str]:
    """All figures below one, indented, then what the definitions cite and call assumed."""
    rows = list(_rows(figure, 0, set()))
    width = max(len(total) for total, _ in rows)
    for total, text in rows:
        yield f"{total.rjust(width)}  {text}".rstrip()
    notes = dict.fromkeys(note for leaf in _stated(figure) for note in _notes(leaf))
    if notes:
        yield ""
        yield from notes


def _rows(figure: Figure, depth: int, told: set[tuple[Figure, ...]]) -> Iterator[tuple[str, str]]:
    """Lines of a figure. What several figures follow from alike is `told` once."""
    pieces = []
    if figure.count != 1:
        pieces.append(f"{figure.count:,} x {readable(figure.amount)}")
    pieces.append(figure.name if figure.place is None else f"{figure.name} ({figure.place})")
    text = "  ".join(pieces)
    if figure.how:
        text += f": {figure.how}"
    if figure.stated is not None:
        s = figure.stated
        text += f"  <- {s.attribute} = {s.value}{' assumed' if s.assumed else ''}, {s.place}"
    if len(figure.parts) > 1 and figure.parts in told:
        yield readable(figure.total), "  " * depth + text + " (as above)"
        return
    told.add(figure.parts)
    yield readable(figure.total), "  " * depth + text
    for part in figure.parts:
        yield from _rows(part, depth + 1, told)


def _stated(figure: Figure) -> Iterator[Stated]:
    if figure.stated is not None:
        yield figure.stated
    for part in figure.parts:
        yield from _stated(part)


def _notes(stated: Stated) -> Iterator[str]:
    if stated.source:
        yield f"{stated.owner}: {stated.source}"
    if stated.note:
        yield f"{stated.owner}, assumed: {stated.note}"
