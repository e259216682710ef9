"""Files in the output directory that are not ours: notes, a `.git`. They move into every new tree as they are."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ...dsl.diagnostics import diagnose
from ..failure import Problem
from .paths import MANIFEST
from .sinks import Writer, cannot_write
from .tree import walk


@dataclass(frozen=True, slots=True)
class Foreign:
    """Relative paths; `folders` are those that hold nothing of ours."""

    files: tuple[str, ...]
    folders: tuple[str, ...]


def find(target: str, ours: Collection[str]) -> Foreign:
    """What is in the output directory besides what its manifest lists."""
    kept_folders = {folder for path in ours for folder in _folders(path)}
    files: list[str] = []
    folders: list[str] = []
    for path, status in walk(target):
        if stat.S_ISDIR(status.st_mode):
            if path not in kept_folders:
                folders.append(path)
        elif path not in ours and path != MANIFEST:
            files.append(path)
    return Foreign(tuple(files), tuple(folders))


def check_free(foreign: Foreign, paths: Iterable[str]) -> None:
    """Raise `Problem` if an artifact would take the place of a foreign file or folder."""
    taken = {*foreign.files, *foreign.folders}
    if not taken:
        return
    wanted = set(paths)
    files = set(foreign.files)
    for path in sorted(wanted):
        # A foreign folder may hold artifacts; a foreign file may be neither an artifact nor a folder of one.
        clash = path if path in taken else next((folder for folder in _folders(path) if folder in files), None)
        if clash is not None:
            raise Problem(
                diagnose(
                    "RW0013",
                    None,
                    detail=clash if clash == path else f"{clash}, which must be a folder for {path}",
                    help="move it out of the output directory, or choose another one with -o",
                )
            )


def carry(foreign: Foreign, target: str, tree: str, writer: Writer) -> None:
    """Bring them into the new tree by hard links (copies, where the file system has none)."""
    for folder in sorted(foreign.folders):
        try:
            writer.make_folder(folder)
            shutil.copystat(os.path.join(target, folder), os.path.join(tree, folder), follow_symlinks=False)
        except OSError as error:
            raise cannot_write(error, folder) from error
    for path in foreign.files:
        try:
            if not writer.link(path):
                shutil.copy2(os.path.join(target, path), os.path.join(tree, path), follow_symlinks=False)
        except (OSError, shutil.SpecialFileError) as error:
            raise cannot_write(error if isinstance(error, OSError) else OSError(str(error)), path) from error


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: i + 1]) for i in range(len(parts))]
