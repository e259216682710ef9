"""What is as large as the spec: elements, optics, cables and whips, and where each of their figures was written."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.design import Design, Element, Media, Whip
from ...compiler.trace import place_of, statements
from ...dsl.source import Span


def place(design: Design, span: Span) -> str:
    """A line of a file, such as `catalog/ocp/orv3.rack:57`."""
    return str(place_of(design, span))


def elements(design: Design) -> list[dict[str, object]]:
    """Every element of the tree, in the order of the design, so that its index is its place here."""
    return [
        {
            "path": design.path(e.index),
            "name": e.name,
            "kind": e.kind,
            "role": e.role,
            "definition": e.definition,
            "parent": -1 if e.parent is None else e.parent,
            "dims": [[dim.size, dim.capacity] for dim in e.dims],
            "os": e.os or "",
            **_told(design, e),
        }
        for e in design.elements
    ]


def media(design: Design) -> list[dict[str, object]]:
    """Optics and cables, by name."""
    return [_thing(design, thing, thing.kind) for _, thing in sorted(design.media.items())]


def whips(design: Design) -> list[dict[str, object]]:
    """Power cables, by name."""
    return [_thing(design, thing, "whip") for _, thing in sorted(design.whips.items())]


def _thing(design: Design, thing: Media | Whip, kind: str) -> dict[str, object]:
    return {"name": thing.name, "kind": kind, **_told(design, thing)}


def _told(design: Design, owner: Element | Media | Whip) -> dict[str, object]:
    """Its text, the line that makes it, and its figures: attribute, value, place, source, note, and 1 for a guess."""
    return {
        "doc": owner.doc.strip(),
        "at": place(design, owner.origin),
        "source": owner.attributes.source or "",
        "note": owner.attributes.assumed or "",
        "figures": list(_figures(design, owner)),
    }


def _figures(design: Design, owner: Element | Media | Whip) -> Iterator[list[str | int]]:
    blocks = {name.rpartition(".")[0] for name in owner.stated}
    for said in statements(design, owner):
        if said.attribute in blocks:
            continue  # what is inside of it is told one by one
        yield [said.attribute, said.value, str(said.place), said.source, said.note, int(said.assumed)]


def requirements(design: Design) -> list[dict[str, str]]:
    """What the spec requires. A page is only written of a design that meets all of it."""
    return [{"text": r.text, "message": r.message, "at": place(design, r.origin)} for r in design.requirements]
