"""Which line of which file states an attribute."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from pydantic import BaseModel

from ...dsl.source import Span
from ...dsl.units import Quantity
from ..design import Design, Element, Media, Whip
from .model import Place, Stated, plain

Owner = Element | Media | Whip

_USUAL = {"airflow": "CFM"}
"""Units of attributes that are not told in the first unit of their dimension: air and coolant are both flows."""

_WORDS = ("source", "assumed", "name")
"""Attributes that say something about the others."""


def place_of(design: Design, span: Span) -> Place:
    """The line that a span begins on. Raises KeyError for a span of no file of the design."""
    lines = design.files[span.file]
    return Place(lines.name, bisect_right(lines.starts, span.start))


def stated(design: Design, owner: Owner, attribute: str) -> Stated | None:
    """An attribute as written, or None if no file states it. `floor.tray` is one inside of a block."""
    span = owner.stated.get(attribute)
    if span is None:
        return None
    own = owner.attributes
    return Stated(
        owner=owner.definition if isinstance(owner, Element) else owner.name,
        attribute=attribute,
        value=written(_in_its_unit(attribute, _value(own, attribute))),
        place=place_of(design, span),
        source=(own.source or "") if _beside(owner, "source", span) else "",
        note=(own.assumed or "") if _beside(owner, "assumed", span) else "",
        assumed=attribute in owner.assumed,
    )


def statements(design: Design, owner: Owner) -> Iterator[Stated]:
    """Everything that is stated of an element, an optic, a cable or a whip, but `source`, `assumed` and `name`."""
    for attribute in owner.stated:
        if attribute not in _WORDS:
            found = stated(design, owner, attribute)
            if found is not None:
                yield found


def written(value: object) -> str:
    """A value of the schema as a reader would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Quantity):
        return plain(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + " }"
    if isinstance(value, BaseModel):
        # Through the fields that were given: a block is as short as it was written.
        given = {key: getattr(value, key) for key in type(value).model_fields if getattr(value, key) is not None}
        return written({key: item for key, item in given.items() if item != []})
    return str(value)


def _in_its_unit(attribute: str, value: object) -> object:
    """A value that was computed has no unit of its own, and gets the one that people use for the attribute."""
    unit = _USUAL.get(attribute)
    if unit is None or not isinstance(value, Quantity) or value.unit:
        return value
    return Quantity(value.value, value.dim, unit)


def _value(attributes: BaseModel, path: str) -> object:
    value: object = attributes
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value


def _beside(owner: Owner, word: str, span: Span) -> bool:
    """Whether a definition's word about its figures is of the file that states this one.

    What a spec says of a part of the catalog is not what the part's data sheet says.
    """
    other = owner.stated.get(word)
    return other is not None and other.file == span.file
