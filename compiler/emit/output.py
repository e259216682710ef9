"""The output directory as it is before a run: may we replace it, and what in it is ours."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ...dsl.diagnostics import diagnose
from ..failure import Problem
from .manifest import owned
from .paths import MANIFEST
from .sinks import cannot_write
from .staging import MAX_MANIFEST
from .tree import Tree


class Output:
    """The directory behind `-o`; `tree` is None while there is none, or an empty one."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path
        self.tree: Tree | None = None
        self.ours: frozenset[str] = frozenset()

    @classmethod
    def open(cls, name: str) -> Output:
        """Find the real directory (it may be behind a link) and refuse those that cannot be exchanged."""
        path = os.path.realpath(name)
        here = os.path.realpath(os.getcwd())
        if os.path.commonpath([path, here]) == path:
            raise _unusable(name, "it is or holds the current directory")
        if os.path.ismount(path):
            raise _unusable(name, "a file system is mounted there")
        if os.path.lexists(path) and not os.path.isdir(path):
            raise _unusable(name, "it is a file")
        return cls(name, path)

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        if self.tree is not None:
            self.tree.close()

    def load(self) -> None:
        """Open the tree that is there, if it is ours."""
        try:
            if not os.path.lexists(self.path) or not os.listdir(self.path):
                return
            self.tree = Tree(self.path)
        except OSError as error:
            raise cannot_write(error, self.name) from error
        data = self.tree.read(MANIFEST, MAX_MANIFEST)
        if data is None:
            raise Problem(
                diagnose(
                    "RW0012",
                    None,
                    detail=f"{self.name} is not empty and has no {MANIFEST} of rackwright's",
                    help="give a new or an empty directory with -o",
                )
            )
        ours = owned(data)
        if ours is None:
            raise Problem(
                diagnose(
                    "RW0014",
                    None,
                    detail=f"{self.name}/{MANIFEST}",
                    help="if nothing else is in the directory, remove it and compile again; else give another with -o",
                )
            )
        self.ours = ours

    def cannot_replace(self, error: OSError) -> Problem:
        """The last step failed: some directories can be written but not exchanged."""
        if error.errno in (errno.EBUSY, errno.EXDEV):
            return _unusable(self.name, "the system does not let it be renamed")
        return cannot_write(error, self.name)


def _unusable(name: str, reason: str) -> Problem:
    return Problem(
        diagnose("RW0015", None, detail=f"{name}: {reason}", help="name a directory below it, such as -o build")
    )


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does, through every cleaning up on the way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
