"""From one file's name to all files that it uses, parsed.

Catalog modules (`use ocp.orv3`) ship with the compiler; local ones (`use "./site.rack"`) stand beside the
file that names them. A file is read once, whoever uses it.
"""

from __future__ import annotations

import graphlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

from ...dsl import syntax as s
from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.parse import MAX_BYTES, parse
from ...dsl.source import Source, Span
from .mistake import suggest

CATALOG = "catalog/"
"""Prefix of catalog files in messages."""

Declared = s.Declaration | s.Let | s.Param


@dataclass(frozen=True)
class Module:
    """One parsed file. `name` is what qualifies its definitions; empty for the main file."""

    key: str
    name: str
    source: Source
    file: s.File
    uses: dict[str, str]

    @cached_property
    def names(self) -> dict[str, Declared]:
        """Everything that the file declares, first declaration of each name."""
        found: dict[str, Declared] = {}
        for statement in self.file.statements:
            if isinstance(statement, s.Declaration | s.Let | s.Param):
                found.setdefault(statement.name.text, statement)
        return found


@dataclass(frozen=True)
class Program:
    """The main file and every module it uses, by key."""

    main: Module
    modules: dict[str, Module]

    @property
    def sources(self) -> dict[str, Source]:
        return {m.source.name: m.source for m in self.modules.values()}


def read(path: str, at: Span | None) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Read a file as a spec: a regular file of moderate size in UTF-8."""
    shown = _printable(path)
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            return None, (diagnose("RW0001", at, detail=f"{shown} is not a regular file"),)
        if info.st_size > MAX_BYTES:
            detail = f"{shown} has {info.st_size} bytes, more than {MAX_BYTES}"
            return None, (diagnose("RW0002", at, detail=detail, help="split it into modules with `use`"),)
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, (diagnose("RW0001", at, detail=f"{shown}: {reason}"),)
    return decode(shown, data, at)


def decode(name: str, data: bytes, at: Span | None = None) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Bytes to a `Source`; refuses what is not UTF-8."""
    try:
        return Source(name, data.decode("utf-8-sig")), ()
    except UnicodeDecodeError as error:
        detail = f"{name}: byte {error.start} is not UTF-8"
        return None, (diagnose("RW0003", at, detail=detail, help="save the file as UTF-8"),)


def load(path: str) -> tuple[Program | None, dict[str, Source], tuple[Diagnostic, ...]]:
    """Parse a file and all it uses. None if the main file cannot be read at all.

    Returns the program, every source that was read (for printing) and what was wrong.
    """
    source, problems = read(path, None)
    if source is None:
        return None, {}, problems
    loader = _Loader()
    main = loader.add(os.path.realpath(path), "", source, path)
    while loader.waiting:
        loader.next()
    loader.check_cycles()
    sources = {m.source.name: m.source for m in loader.modules.values()}
    return Program(main, loader.modules), sources, tuple(loader.diagnostics)


def _catalog() -> Traversable:
    return files(__package__.partition(".")[0]) / "specs" / "catalog"


def catalog_modules() -> Iterator[str]:
    """Names of all modules of the catalog, such as `ocp.orv3`."""
    for area in _catalog().iterdir():
        if area.is_dir():
            for file in area.iterdir():
                if file.name.endswith(".rack"):
                    yield f"{area.name}.{file.name.removesuffix('.rack')}"


class _Loader:
    """The work list of one load."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.diagnostics: list[Diagnostic] = []
        self.waiting: list[tuple[str, str, s.Use, str]] = []  # key, name, statement, base folder
        self._catalog = _catalog()
        self._edges: dict[str, dict[str, Span]] = {}

    def add(self, key: str, name: str, source: Source, path: str) -> Module:
        parsed = parse(source)
        self.diagnostics.extend(parsed.diagnostics)
        uses: dict[str, str] = {}
        seen: dict[str, Span] = {}
        for statement in parsed.file.statements:
            if not isinstance(statement, s.Use):
                continue
            found = self._target(statement, path)
            if found is None:
                continue
            target, module_name, alias = found
            if alias in seen:
                self.diagnostics.append(
                    diagnose(
                        "RW2002",
                        statement.span,
                        f"`{alias}` again",
                        also=[(seen[alias], "first here")],
                        help="give one of them another name with `as`",
                    )
                )
                continue
            seen[alias] = statement.span
            uses[alias] = target
            self._edges.setdefault(key, {}).setdefault(target, statement.span)
            self.waiting.append((target, module_name, statement, path))
        module = Module(key, name, source, parsed.file, uses)
        self.modules[key] = module
        return module

    def _target(self, use: s.Use, path: str) -> tuple[str, str, str] | None:
        """Key, name and alias of a used module."""
        if use.file is None:
            dotted = ".".join(n.text for n in use.module)
            alias = use.alias.text if use.alias else use.module[-1].text
            return CATALOG + dotted.replace(".", "/") + ".rack", dotted, alias
        text = use.file.text
        if not text.endswith(".rack") or os.path.isabs(text) or any(ord(c) < 32 for c in text):
            self.diagnostics.append(
                diagnose(
                    "RW2008",
                    use.file.span,
                    "not a relative path to a `.rack` file",
                    help='write it as `use "./site.rack" as site`',
                )
            )
            return None
        stem = Path(text).stem
        alias = use.alias.text if use.alias else stem
        if not alias.isidentifier():
            self.diagnostics.append(
                diagnose(
                    "RW2008",
                    use.file.span,
                    "the file's name is no name of the language",
                    help=f'add `as` and a name: `use "{text}" as site`',
                )
            )
            return None
        return os.path.realpath(os.path.join(os.path.dirname(path), text)), alias, alias

    def next(self) -> None:
        key, name, use, path = self.waiting.pop(0)
        if key in self.modules:
            return
        if use.file is not None:
            shown = os.path.normpath(os.path.join(os.path.dirname(path), use.file.text))
            source, problems = read(shown, use.file.span)
            if source is None:
                self.diagnostics.extend(problems)
                return
            self.add(key, name, source, shown)
            return
        resource = self._catalog.joinpath(*key.removeprefix(CATALOG).split("/"))
        if not resource.is_file():
            self.diagnostics.append(
                diagnose("RW2008", use.span, "no such module in the catalog", help=suggest(name, catalog_modules()))
            )
            return
        loaded, _ = decode(key, resource.read_bytes())
        assert loaded is not None, key
        self.add(key, name, loaded, key)

    def check_cycles(self) -> None:
        graph = {key: set(targets) for key, targets in self._edges.items()}
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            # graphlib lists a cycle against the direction of the edges; turn it round to read as "uses".
            cycle: list[str] = list(reversed(error.args[1]))
            if cycle[0] not in self._edges or cycle[1] not in self._edges[cycle[0]]:
                cycle.reverse()
            shown = " -> ".join(self.modules[k].source.name if k in self.modules else k for k in cycle)
            at = self._edges[cycle[0]][cycle[1]]
            also = [(self._edges[a][b], "and this leads on") for a, b in pairwise(cycle[1:])]
            self.diagnostics.append(
                diagnose(
                    "RW2009",
                    at,
                    "this leads back here",
                    detail=shown,
                    also=also,
                    help="move what both need into a module of its own",
                )
            )


def _printable(path: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in path)
