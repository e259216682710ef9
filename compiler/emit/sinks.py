"""Where artifacts go: into a fresh directory, or nowhere if they are only compared."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Protocol

from ...dsl.diagnostics import diagnose
from ..backend import Artifact
from ..failure import Bug, Problem
from .manifest import Row
from .paths import check_path
from .tree import Tree


class Sink(Protocol):
    """Takes artifacts one by one; copied into every worker."""

    def put(self, artifact: Artifact, backend: str) -> Row: ...


def _row(artifact: Artifact, backend: str, old: Tree | None) -> Row:
    check_path(artifact.path, backend)
    data = artifact.data
    kept = old is not None and old.holds(artifact.path, data)
    return Row(artifact.path, sha256(data).hexdigest(), len(data), backend, kept)


class Comparer:
    """Writes nothing."""

    def __init__(self, old: Tree | None) -> None:
        self._old = old

    def put(self, artifact: Artifact, backend: str) -> Row:
        return _row(artifact, backend, self._old)


class Writer:
    """Writes what the old tree does not hold; what it holds is linked later, if anything changed at all.

    All paths are relative to an open directory: short for the kernel to resolve, and a directory that was
    removed meanwhile is never made again.
    """

    def __init__(self, old: Tree | None, new: int) -> None:
        self._old = old
        self._new = new
        self._folders: set[str] = {""}

    def put(self, artifact: Artifact, backend: str) -> Row:
        row = _row(artifact, backend, self._old)
        if not row.kept:
            try:
                self.write(row.path, artifact.data)
            except FileExistsError:
                raise Bug(f"backend {backend}: {row.path!r} is written twice") from None
            except NotADirectoryError:
                raise Bug(f"backend {backend}: {row.path!r} is below another artifact") from None
        return row

    def write(self, path: str, data: bytes) -> None:
        """Write a new file. A failure of the disk is a `Problem`."""
        try:
            self.make_folder(path.rpartition("/")[0])
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            fd = os.open(path, flags, 0o666, dir_fd=self._new)
            try:
                written = os.write(fd, data)
                while written < len(data):
                    written += os.write(fd, memoryview(data)[written:])
            finally:
                os.close(fd)
        except (FileExistsError, NotADirectoryError):
            raise
        except OSError as error:
            raise cannot_write(error, path) from error

    def link(self, path: str) -> bool:
        """Take a file over from the old tree as it is; False if the file system refuses."""
        assert self._old is not None
        self.make_folder(path.rpartition("/")[0])
        try:
            os.link(path, path, src_dir_fd=self._old.fd, dst_dir_fd=self._new, follow_symlinks=False)
        except OSError:
            return False
        return True

    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it; another worker may have done so."""
        if folder in self._folders:
            return
        self.make_folder(folder.rpartition("/")[0])
        try:
            os.mkdir(folder, dir_fd=self._new)
        except FileExistsError:
            pass
        self._folders.add(folder)


def cannot_write(error: OSError, where: str) -> Problem:
    """What the system said, as a diagnostic."""
    reason = (error.strerror or str(error)).lower()
    return Problem(
        diagnose(
            "RW0011",
            None,
            detail=f"{where}: {reason}",
            help="see that the directory may be written and the disk has room; what was there before is unchanged",
        )
    )
