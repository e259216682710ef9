"""Writes docs/reference/kinds.md and docs/reference/units.md from the schema and the table of units.

Run it to write both pages; with `--check` it writes nothing and exits 1 if one of them differs.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rackwright.compiler.schema import KINDS, RESERVED_KINDS, ROOT_ORDER, AssemblyAttributes, Attributes, PartAttributes
from rackwright.compiler.schema import values as v
from rackwright.dsl import units
from rackwright.dsl.units import Quantity

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

ROLES = {
    "part": "Parts: They stand in assemblies, or inside another part. The outermost is a device: it has a host name.",
    "connector": "Connectors: They are members of a part. Relations join them.",
    "media": "Media: A link is made with them. They are named after `using` and are never members.",
    "assembly": "Assemblies: They hold parts and other assemblies.",
    "policy": "Policies: They say what runs on the plant. They stand at the top of the main file only.",
}
"""What each role of a kind means, in the order of the page."""

_SHARED: tuple[tuple[type[BaseModel], str], ...] = (
    (Attributes, "Every part, connector, medium and assembly"),
    (PartAttributes, "Every part and medium"),
    (AssemblyAttributes, "Every assembly"),
)
"""Models whose attributes are listed once, for all kinds built on them."""

_MADE = "<!-- Made by scripts/kinds_reference.py; change the schema, not this page. -->"


def kinds_page() -> str:
    """The reference of kinds and their attributes."""
    lines = [
        "# Kinds and their attributes",
        "",
        _MADE,
        "",
        "A *kind* is the word that begins a declaration: `switch leaf { … }`. It fixes which attributes the",
        "declaration may have. An attribute that is not listed for a kind is error RW2004. One that is listed as",
        "required and is not given is RW2020. `—` as a default means: not known unless given.",
        "",
        "A type such as *power* is a quantity; its units are on [the page of units](units.md). A *name pattern* is a",
        "string that may hold indices in braces (see [the language](language.md#names)). A *word* has no quotes.",
        "",
        f"Kept for later, and refused until then (RW2019): {_words(sorted(RESERVED_KINDS))}.",
        "",
        f"Of several assemblies that nothing else uses, the first of these kinds is the design: {_words(ROOT_ORDER)}.",
        "",
        "## Attributes of many kinds",
        "",
        "The first of these tables holds for parts, media and assemblies too, beside their own.",
        "",
    ]
    blocks: list[type[BaseModel]] = []
    for model, title in _SHARED:
        inherited = {
            n for base, _ in _SHARED if issubclass(model, base) and base is not model for n in base.model_fields
        }
        fields = {n: f for n, f in model.model_fields.items() if n not in inherited}
        lines += [f"### {title}", "", *_table(fields, blocks), ""]
    for role, text in ROLES.items():
        lines += [f"## {text.partition(':')[0]}", "", text.partition(": ")[2], ""]
        for schema, names in _by_schema(role):
            base = next((title for model, title in reversed(_SHARED) if issubclass(schema, model)), "")
            lines += ["### " + ", ".join(f"`{name}`" for name in names), "", _doc(schema), ""]
            if base:
                own = ", and:" if _own(schema) else "."
                lines += [f"Attributes: those of [{base[0].lower()}{base[1:]}](#{_anchor(base)}){own}", ""]
            if _own(schema):
                lines += [*_table(_own(schema), blocks), ""]
    lines += ["## Blocks and words", ""]
    for model in blocks:  # grows while it is walked: a block may hold another
        lines += [f"### {_title(model)}", "", _doc(model), ""]
        if _own(model):
            lines += [*_table(_own(model), blocks), ""]
    return "\n".join(lines).rstrip() + "\n"


def units_page() -> str:
    """The reference of units."""
    lines = [
        "# Units",
        "",
        _MADE,
        "",
        "A quantity is a number and a unit: `10.2 kW`. Only quantities of one dimension can be added or compared.",
        "Units are spelt as here, capitals included. `µs` is read as `us`, and `°C` as `degC`.",
        "",
        "| dimension | units, with their size in the first |",
        "|---|---|",
    ]
    table: dict[units.Dimension, list[tuple[str, Quantity]]] = {}
    for name, (scale, dim) in units.UNITS.items():
        if name:
            table.setdefault(dim, []).append((name, Quantity(scale, dim)))
    for dim, found in table.items():
        first = found[0][1].value
        shown = [f"`{name}`" + (f" = {_number(q.value / first)}" if i else "") for i, (name, q) in enumerate(found)]
        title = "plain number" if dim == units.NUMBER else _plain(units.describe(dim))
        if dim == units.NUMBER:
            shown = ["`%` = 1/100"]
        lines.append(f"| {title} | {', '.join(shown)} |")
    return "\n".join(lines) + "\n"


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _doc(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _number(value: Any) -> str:
    """A size as people write it: a decimal if it is short, else a fraction."""
    for power in (*range(4, 19), *range(-18, -3)):
        if value == Fraction(10) ** power:
            return f"10^{power}"
    text = units.format_number(value)
    return str(value) if text.startswith("~") else text


def _by_schema(role: str) -> Iterator[tuple[type[BaseModel], list[str]]]:
    """The schemas of a role, each with the kinds that share it."""
    found: dict[type[BaseModel], list[str]] = {}
    for kind in KINDS.values():
        if kind.role == role:
            found.setdefault(kind.schema, []).append(kind.name)
    yield from found.items()


def _own(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """A model's attributes without those that are listed once for many kinds."""
    shared: set[str] = set()
    for base, _ in _SHARED:
        if issubclass(model, base):
            shared |= set(base.model_fields)
    return {n: f for n, f in model.model_fields.items() if n not in shared and n != "kind"}


def _table(fields: dict[str, FieldInfo], blocks: list[type[BaseModel]]) -> list[str]:
    lines = ["| attribute | type | default | meaning |", "|---|---|---|---|"]
    for name, field in fields.items():
        annotation: Any = field.annotation
        if field.metadata:
            annotation = Annotated[(annotation, *field.metadata)]
        lines.append(f"| `{name}` | {_type(annotation, blocks)} | {_default(field)} | {field.description} |")
    return lines


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, BaseModel):
        kind = getattr(value, "kind", None)
        return f"`{kind}`" if kind else "empty"
    if isinstance(value, dict | list):
        return "empty"
    return f"`{value}`"


def _type(annotation: Any, blocks: list[type[BaseModel]]) -> str:
    """A type in an engineer's words."""
    marks: list[Any] = []
    while get_origin(annotation) is Annotated:
        annotation, *found = get_args(annotation)
        marks += found
    if get_origin(annotation) in (Union, types.UnionType):
        options = [a for a in get_args(annotation) if a is not type(None)]
    else:
        options = [annotation]
    mark = next(
        (
            m
            for m in marks
            if isinstance(m, v.Of | v.Word | v.Pattern | v.Indexed | v.Elements | v.Span2 | v.Shaped | v.Rows)
        ),
        None,
    )
    models = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel)]
    limits = next((f", {m}" for m in marks if isinstance(m, v.Between)), "")
    match mark:
        case v.Of():
            return "number" if mark.dim == units.NUMBER else _plain(units.describe(mark.dim)) + limits
        case v.Shaped():
            return _plain(mark.what)
        case v.Rows():
            return f"table of {_type(get_args(options[0])[0], blocks)}s"
        case v.Span2():
            return f"range of {_plain(units.describe(mark.dim))} at a rate"
        case v.Pattern():
            return "name pattern"
        case v.Indexed():
            return "index expression"
        case v.Elements():
            return "path of elements"
        case v.Word() if not models:
            return " or ".join(f"`{c}`" for c in mark.choices) if mark.choices else "word"
    if models:
        for model in models:
            if model not in blocks:
                blocks.append(model)
        words = [w for m in models if "kind" in m.model_fields for w in get_args(m.model_fields["kind"].annotation)]
        return "[" + (" or ".join(f"`{w}`" for w in words) or "block") + f"](#{_anchor(_title(models[0]))})"
    lists = [o for o in options if get_origin(o) is list]
    if lists and len(options) == 1:
        return f"list of {_type(get_args(lists[0])[0], blocks)}"
    if lists:
        return _type(next(o for o in options if o not in lists), blocks) + ", or a list of them"
    if get_origin(options[0]) is dict:
        return f"block of {_type(get_args(options[0])[1], blocks)}s by name"
    if get_origin(options[0]) is Annotated:
        return _type(options[0], blocks)
    if get_origin(options[0]) is Literal:
        return " or ".join(f"`{c}`" for c in get_args(options[0]))
    return {bool: "`true` or `false`", int: "whole number", str: "string"}[options[0]] + limits


def _title(model: type[BaseModel]) -> str:
    if "kind" in model.model_fields:
        return ", ".join(f"`{w}`" for w in get_args(model.model_fields["kind"].annotation))
    return f"`{model.__name__.lower()}`"


def _anchor(title: str) -> str:
    return title.lower().replace("`", "").replace(",", "").replace(" ", "-")


def _plain(text: str) -> str:
    """`a power` -> `power`."""
    return text.removeprefix("a ").removeprefix("an ")


PAGES = {"kinds.md": kinds_page, "units.md": units_page}


def main(arguments: list[str]) -> int:
    """Write or check both pages."""
    wrong = 0
    for name, make in PAGES.items():
        path = FOLDER / name
        text = make()
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"{name} is out of date: run scripts/kinds_reference.py", file=sys.stderr)
            wrong = 1
        else:
            path.write_text(text, "utf-8")
    return wrong


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
