"""Which paths an artifact may have: relative, plain, and distinct on any file system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ..failure import Bug

MANIFEST = "manifest.json"

_MAX_COMPONENT = 255  # bytes, on every common file system
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")


def check_path(path: str, backend: str) -> None:
    """Raise `Bug` if a backend's path could leave the output directory or be refused by a file system."""
    if _FORBIDDEN.search(path):
        raise Bug(f"backend {backend}: a control character, a surrogate or a backslash in the path {path!a}")
    for component in path.split("/"):
        if component in ("", ".", ".."):
            raise Bug(f"backend {backend}: the path {path!r} is not a plain relative path")
        if len(component) > _MAX_COMPONENT // 4 and len(component.encode()) > _MAX_COMPONENT:
            raise Bug(f"backend {backend}: a name of more than {_MAX_COMPONENT} bytes in the path {path!r}")


def check_distinct(paths: Iterable[tuple[str, str]]) -> None:
    """Raise `Bug` if two artifacts (path and backend) meet in one file, also where case does not count."""
    files: dict[str, tuple[str, str]] = {}
    for path, backend in paths:
        other = files.setdefault(_folded(path), (path, backend))
        if other != (path, backend) or _folded(path) == MANIFEST:
            raise _clash((path, backend), other)
    folders: dict[str, tuple[str, str]] = {}
    for path, backend in files.values():
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = (path, backend)
            folder = folder.rpartition("/")[0]
    for folder, user in folders.items():
        if _folded(folder) in files:
            raise _clash(user, files[_folded(folder)])
        if _folded(folder) == MANIFEST:
            raise _clash(user, user)


def _clash(a: tuple[str, str], b: tuple[str, str]) -> Bug:
    if _folded(a[0]).partition("/")[0] == MANIFEST:
        return Bug(f"backend {a[1]}: {a[0]!r} is the name of the manifest")
    return Bug(f"backends {b[1]} and {a[1]} both write {a[0]!r} (also as {b[0]!r})")


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", path.casefold())
