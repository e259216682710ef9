"""RFC 7951 by a schema that is written down in `openconfig_schema.txt`, without YANG's own tools.

Stricter than a reader of YANG: a node that the schema does not name is a fault, even if the models have it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("openconfig_schema.txt")

HOST = re.compile(r"([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*")


@dataclass
class Entry:
    """A node of the schema. A leaf has a type, a list has keys; `target` is the path that a reference points to."""

    keys: tuple[str, ...] = ()
    type: str = ""
    many: bool = False
    target: str = ""
    below: dict[str, Entry] = field(default_factory=dict)


@cache
def schema() -> Entry:
    """The root of the written schema."""
    root = Entry()
    stack = [root]
    for line in SCHEMA.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        made = re.fullmatch(r"([\w:-]+)(?:\[([\w -]+)\])?(?: (\*?)([^ ]+))?(?: -> (\S+))?", line.strip())
        assert made is not None, line
        name, keys, many, kind, target = made.groups()
        entry = Entry(tuple((keys or "").split()), kind or "", many == "*", target or "")
        del stack[depth + 1 :]
        assert name not in stack[-1].below, line
        stack[-1].below[name] = entry
        stack.append(entry)
    return root


def faults(config: dict[str, Any]) -> list[str]:
    """What is wrong with a config.json, one sentence each."""
    return list(_container(config, schema(), "", config))


def _container(node: Any, entry: Entry, path: str, root: dict[str, Any]) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"{path}: no object"
        return
    if not node:
        yield f"{path}: empty"
    for name, value in node.items():
        below, where = entry.below.get(name), f"{path}/{name}".lstrip("/")
        if below is None:
            yield f"{where}: not in the schema"
        elif below.keys:
            yield from _list(value, below, where, root)
        elif below.type == "@key":
            pass
        elif below.type:
            yield from _leaf(value, below, where, root)
        else:
            yield from _container(value, below, where, root)


def _list(value: Any, entry: Entry, path: str, root: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: no array"
        return
    seen = set()
    for one in value:
        if not isinstance(one, dict):
            yield f"{path}: an entry that is no object"
            continue
        config = one.get("config", {})
        for key in entry.keys:
            if key not in one or type(one[key]) is not type(config.get(key)) or one[key] != config[key]:
                yield f"{path}: key {key} is {one.get(key)!r}, and in config {config.get(key)!r}"
        name = tuple(str(one.get(key)) for key in entry.keys)
        if name in seen:
            yield f"{path}: twice {' '.join(name)}"
        seen.add(name)
        yield from _container(one, entry, path, root)


def _leaf(value: Any, entry: Entry, path: str, root: dict[str, Any]) -> Iterator[str]:
    if entry.many:
        if not isinstance(value, list) or not value:
            yield f"{path}: no array"
            return
        if len({str(v) for v in value}) != len(value):
            yield f"{path}: a value twice"
    for one in value if entry.many else [value]:
        if not fits(one, entry.type):
            yield f"{path}: {one!r} is no {entry.type}"
        elif entry.target and one not in set(_values(root, entry.target.split("/"))):
            yield f"{path}: nothing is called {one!r}"


def fits(value: Any, kind: str) -> bool:
    """Whether a value of JSON is one of a type, by RFC 7951 section 6."""
    name, _, rest = kind.partition(":")
    if name.startswith("uint"):
        bits = int(name[4:])
        most = int(rest) if rest else 2**bits - 1
        if bits == 64:
            return isinstance(value, str) and re.fullmatch("0|[1-9][0-9]*", value) is not None and int(value) <= most
        return type(value) is int and 0 <= value <= most
    if name == "boolean":
        return type(value) is bool
    if not isinstance(value, str):
        return False
    if name == "id":
        module, _, words = rest.partition(":")
        return value in {f"{module}:{word}" for word in words.split("|")}
    if name == "enum":
        return value in rest.split("|")
    return _TEXTS[name](value)


def _ip(value: str, version: int = 0) -> bool:
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        return False
    return "%" not in value and (not version or found.version == version)


def _prefix(value: str) -> bool:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        return False
    return "/" in value


def _range(value: str) -> bool:
    found = re.fullmatch(r"(\d+)\.\.(\d+)", value)
    return value == "exact" or (found is not None and int(found[1]) <= int(found[2]) <= 128)


_TEXTS: dict[str, Callable[[str], bool]] = {
    "string": lambda value: bool(value) and value.isprintable(),
    "ip": _ip,
    "ipv4": lambda value: _ip(value, 4),
    "ipv6": lambda value: _ip(value, 6),
    "prefix": _prefix,
    "range": _range,
    "host": lambda value: len(value) <= 253 and (_ip(value) or HOST.fullmatch(value) is not None),
}


def _values(node: Any, path: list[str]) -> Iterator[Any]:
    """Every value at a path, through all entries of lists."""
    if isinstance(node, list):
        for one in node:
            yield from _values(one, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _values(node[path[0]], path[1:])
