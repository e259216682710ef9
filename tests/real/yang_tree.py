"""The tables of CONFIG_DB as SONiC's YANG models have them: which lists, with which keys, of which types.

pyang reads the models. A model of SONiC is a container of tables; a table is a container of lists, of containers for
rows of a fixed name, or both. A list within a list is a map: its rows have fields of any name.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyang import context, repository  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Leaf:
    """What the values of a field may be besides text; `many` of them in a list."""

    number: bool
    boolean: bool
    many: bool


@dataclass(frozen=True)
class Entry:
    """A list, or a container with the name of a row. `value` is the other leaf of a list within a list."""

    name: str
    keys: tuple[str, ...]
    leaves: dict[str, Leaf]
    pairs: Entry | None
    value: str = ""


@dataclass(frozen=True)
class Table:
    """A table, in the container `top` of a module."""

    module: str
    top: str
    lists: tuple[Entry, ...]
    singles: dict[str, Entry]

    def list_for(self, keys: int, fields: set[str]) -> Entry | None:
        """The list that a row with so many parts of its key is in; of several the one that knows its fields."""
        fit = [entry for entry in self.lists if len(entry.keys) == keys]
        return max(fit, key=lambda entry: len(fields & set(entry.leaves)), default=None)


@dataclass(frozen=True)
class Tree:
    """All tables, by name."""

    tables: dict[str, Table]


@cache
def read(folder: Path) -> Tree:
    """The tables of all models of a folder."""
    models = context.Context(repository.FileRepository(str(folder)))
    texts = {path: path.read_text() for path in sorted(folder.glob("*.yang"))}
    modules = [models.add_module(str(path), text) for path, text in texts.items()]
    models.validate()
    tables: dict[str, Table] = {}
    for module in modules:
        for top in _children(module, "container"):
            for table in _children(top, "container"):
                singles = {child.arg: _entry(child) for child in _children(table, "container")}
                lists = tuple(_entry(child) for child in _children(table, "list"))
                tables.setdefault(table.arg, Table(module.arg, top.arg, lists, singles))
    return Tree(tables)


def _children(statement: Any, keyword: str) -> list[Any]:
    return [child for child in _flat(statement) if child.keyword == keyword]


def _flat(statement: Any) -> list[Any]:
    """The data nodes below a statement, those of choices and cases included."""
    found: list[Any] = []
    for child in getattr(statement, "i_children", []):
        found += _flat(child) if child.keyword in ("choice", "case") else [child]
    return found


def _entry(statement: Any) -> Entry:
    nodes = _flat(statement)
    leaves = {node.arg: _leaf(node) for node in nodes if node.keyword in ("leaf", "leaf-list")}
    inner = [node for node in nodes if node.keyword == "list"]
    key = statement.search_one("key")
    keys = tuple(key.arg.split()) if key is not None else ()
    others = [name for name in leaves if name not in keys]
    return Entry(statement.arg, keys, leaves, _entry(inner[0]) if inner else None, others[0] if others else "")


def _leaf(node: Any) -> Leaf:
    kinds = set(_kinds(node.search_one("type").i_type_spec))
    return Leaf("number" in kinds, "boolean" in kinds, node.keyword == "leaf-list")


def _kinds(spec: Any) -> list[str]:
    """What a type is at bottom, through ranges, references and unions."""
    name = type(spec).__name__
    if name == "UnionTypeSpec":
        return [kind for member in spec.types for kind in _kinds(member.i_type_spec)]
    if name == "PathTypeSpec":
        target = getattr(spec, "i_target_node", None)
        return _kinds(target.search_one("type").i_type_spec) if target is not None else ["text"]
    if name == "BooleanTypeSpec":
        return ["boolean"]
    if name == "IntTypeSpec":
        # RFC 7951 section 6.1: numbers of 64 bits are written as text.
        return ["text" if spec.name in ("int64", "uint64") else "number"]
    base = getattr(spec, "base", None)
    return _kinds(base) if name == "RangeTypeSpec" else ["text"]


def value(leaf: Leaf, text: Any) -> Any:
    """A value of CONFIG_DB as RFC 7951 writes it; lists may be joined by commas."""
    if leaf.many:
        single = Leaf(leaf.number, leaf.boolean, False)
        return [value(single, part) for part in (text if isinstance(text, list) else text.split(","))]
    if leaf.boolean and text in ("true", "false"):
        return text == "true"
    if leaf.number and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text
