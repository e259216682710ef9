"""Reading an existing output directory without following a link out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

_CHUNK = 1 << 20
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe must not make us wait


class Tree:
    """A directory held open, so that it stays the same one while others are renamed."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._folders: dict[str, bool] = {"": True}

    def close(self) -> None:
        os.close(self.fd)

    def has_folder(self, folder: str) -> bool:
        """True if every component is a directory of this tree, not a link to somewhere."""
        known = self._folders.get(folder)
        if known is None:
            known = False
            if self.has_folder(folder.rpartition("/")[0]):
                try:
                    known = stat.S_ISDIR(os.stat(folder, dir_fd=self.fd, follow_symlinks=False).st_mode)
                except OSError:
                    known = False
            self._folders[folder] = known
        return known

    def holds(self, path: str, data: bytes) -> bool:
        """True if the file has exactly these bytes. Sizes first: most changes show there."""
        if not self.has_folder(path.rpartition("/")[0]):
            return False
        try:
            fd = os.open(path, _READ, dir_fd=self.fd)
        except OSError:
            return False
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode) or status.st_size != len(data):
                return False
            if len(data) <= _CHUNK:
                return os.read(fd, len(data) + 1) == data
            view = memoryview(data)
            return all(os.read(fd, _CHUNK) == view[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
        except OSError:
            return False
        finally:
            os.close(fd)

    def read(self, path: str, limit: int) -> bytes | None:
        """A plain file's bytes, or None if there is none or it is longer than the limit."""
        try:
            fd = os.open(path, _READ, dir_fd=self.fd)
        except OSError:
            return None
        with os.fdopen(fd, "rb") as file:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
                return None
            return file.read()

    def exists(self, path: str) -> bool:
        """True if anything of that name is there, even a link."""
        try:
            os.stat(path, dir_fd=self.fd, follow_symlinks=False)
        except OSError:
            return False
        return True


def walk(path: str, prefix: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Everything below a directory as relative paths, a folder after what it holds; links are not followed."""
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            relative = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from walk(entry.path, f"{relative}/")
            yield relative, entry.stat(follow_symlinks=False)
