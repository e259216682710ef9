"""The directory beside the output in which a new tree grows, and the moment it takes the output's place.

`.build.rackwright-x7k2/` holds `tree`, the new tree, while a run lasts. The run keeps a lock on it, which the system
drops when the run dies however it dies, so the next run can tell a dead run's remains from a live one's.
After the exchange the same `tree` is the old one; `ready`, written just before, holds the new tree's inode
number, which tells the two states apart. Where the system cannot exchange, the old tree is first renamed to `old` in
here; if the run dies at that moment, the next one finds `old`, sees the output missing, and puts it back.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex

from .manifest import owned
from .paths import MANIFEST
from .tree import Tree, walk

MAX_MANIFEST = 1 << 30

Exchange = Callable[[str, str], bool]


class Staging:
    """One staging directory of this run."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.path, self._lock = _make(target)
        self.tree = os.path.join(self.path, "tree")
        os.mkdir(self.tree)
        self.fd = os.open(self.tree, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)
        try:
            _settle(self.path, self.target)
        finally:
            os.close(self._lock)

    def replace(self, exchange: Exchange) -> None:
        """Put the new tree in the output's place."""
        with suppress(FileNotFoundError):
            os.chmod(self.fd, stat.S_IMODE(os.stat(self.target).st_mode))
        with open(os.path.join(self.path, "ready"), "w", encoding="ascii") as file:
            file.write(str(os.fstat(self.fd).st_ino))
        if not os.path.exists(self.target):
            os.rename(self.tree, self.target)
        elif not exchange(self.tree, self.target):
            old = os.path.join(self.path, "old")
            os.rename(self.target, old)
            try:
                os.rename(self.tree, self.target)
            except OSError:
                os.rename(old, self.target)
                raise


def clean(target: str) -> None:
    """Put right what dead runs on this output left behind."""
    parent, name = os.path.split(target)
    prefix = _prefix(name)
    try:
        with os.scandir(parent) as entries:
            found = [entry.path for entry in entries if entry.name.startswith(prefix)]
    except OSError:
        return  # no such directory yet, or one that will not be written either
    for path in found:
        with suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _settle(path, target)
            finally:
                os.close(lock)


def _prefix(name: str) -> str:
    return f".{name}.rackwright-"


def _make(target: str) -> tuple[str, int]:
    """Make and lock a staging directory. Another run may take a fresh one for a dead run's: then make the next."""
    parent, name = os.path.split(target)
    while True:
        path = os.path.join(parent, _prefix(name) + token_hex(4))
        with suppress(FileExistsError):
            os.mkdir(path)  # any other error is final: no such parent, or one like /proc that takes no folder
        try:
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.exists(path) and os.stat(path).st_ino == os.fstat(lock).st_ino:
                return path, lock
        except BlockingIOError:
            pass
        except OSError:
            return path, lock  # a file system without locks: nobody else can lock it either
        os.close(lock)


def _settle(path: str, target: str) -> None:
    """Remove a staging directory, whatever state its run ended in."""
    old, tree = os.path.join(path, "old"), os.path.join(path, "tree")
    if os.path.isdir(old) and not os.path.lexists(target):
        os.rename(old, target)
    elif _is_done(path, target):
        for replaced in (old, tree):
            if os.path.isdir(replaced):
                _rescue(replaced, target)
    shutil.rmtree(path)


def _is_done(path: str, target: str) -> bool:
    """True if the output is the tree that grew here."""
    try:
        with open(os.path.join(path, "ready"), encoding="ascii") as file:
            return int(file.read() or -1) == os.stat(target, follow_symlinks=False).st_ino
    except (OSError, ValueError):
        return False


def _rescue(old: str, target: str) -> None:
    """Remove a replaced tree; what somebody added to it in the last moment moves to the new one."""
    tree = Tree(old)
    try:
        ours = (owned(tree.read(MANIFEST, MAX_MANIFEST) or b"") or frozenset()) | {MANIFEST}
    finally:
        tree.close()
    for relative, status in walk(old):
        source, live = os.path.join(old, relative), os.path.join(target, relative)
        if stat.S_ISDIR(status.st_mode):
            with suppress(OSError):
                os.rmdir(source)
        elif relative in ours:
            os.unlink(source)
        else:
            _move(source, status, live)


def _move(source: str, status: os.stat_result, live: str) -> None:
    try:
        same = os.stat(live, follow_symlinks=False).st_ino == status.st_ino
    except OSError:
        same = False
    if same:
        os.unlink(source)
    else:
        os.makedirs(os.path.dirname(live), exist_ok=True)
        os.replace(source, live)
