"""A backend of the tests' own and short ways to run emission with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from rackwright.compiler.backend import Artifact, Backend, Request
from rackwright.compiler.design import Design
from rackwright.compiler.emit import Comparison, Emission, Stamp, Task, Work, compare, emit
from rackwright.compiler.plant import Plant
from rackwright.dsl.diagnostics import Diagnostic

STAMP = Stamp("0.1.0", "abc", {"pods": "2"})


def _nothing(_: int) -> None:
    pass


@dataclass
class Fake:
    """Writes given files; per device, the n-th file belongs to the n-th device. `hook` runs before each."""

    files: Mapping[str, bytes]
    name: str = "fake"
    per_device: bool = False
    hook: Callable[[int], Any] = field(default=_nothing)
    summary: str = "for tests"

    def accepts(self, design: Design, plant: Plant, request: Request) -> list[Diagnostic]:
        return []

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        for number, (path, data) in enumerate(self.files.items()):
            if number % request.shards == request.shard if self.per_device else request.shard == 0:
                self.hook(number)
                yield Artifact(path, data)


def work(*backends: Fake, request: Request = Request()) -> Work:  # noqa: B008 - frozen
    tasks = tuple(Task(cast(Backend, backend), request) for backend in backends)
    return Work(cast(Design, None), cast(Plant, None), tasks)  # the fakes look at neither


def write(out: Path, files: Mapping[str, bytes], **rest: Any) -> Emission:
    return emit(str(out), work(Fake(files)), STAMP, **rest)


def check(out: Path, files: Mapping[str, bytes], **rest: Any) -> Comparison:
    return compare(str(out), work(Fake(files)), STAMP, **rest)


def tree(path: Path) -> dict[str, bytes]:
    """Every file below, except the manifest."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file != path / "manifest.json"
    }


def identity(path: Path) -> tuple[int, int]:
    """What stays the same of a file that nobody touched."""
    status = os.stat(path)
    return status.st_ino, status.st_mtime_ns


def only(path: Path) -> list[str]:
    """The names in a directory."""
    return sorted(os.listdir(path))
