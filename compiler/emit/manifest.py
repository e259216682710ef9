"""`manifest.json`: what a run wrote. It is also how we know later which files are ours."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

VERSION = 1


class Row(NamedTuple):
    """One artifact. `kept` says that the output directory already holds these bytes."""

    path: str
    sha256: str
    size: int
    backend: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the bytes are a function of, besides the code of the backends."""

    compiler: str
    digest: str
    parameters: Mapping[str, str]


def render(stamp: Stamp, rows: Iterable[Row]) -> bytes:
    """The manifest's bytes; one artifact a line, so that a diff shows files."""
    head = {
        "version": VERSION,
        "compiler": stamp.compiler,
        "spec": {"digest": stamp.digest},
        "parameters": dict(sorted(stamp.parameters.items())),
    }
    lines = [
        json.dumps({"path": row.path, "sha256": row.sha256, "bytes": row.size, "backend": row.backend})
        for row in sorted(rows)
    ]
    opening = json.dumps(head, indent=2)[:-2]
    body = "\n    " + ",\n    ".join(lines) + "\n  " if lines else ""
    return f'{opening},\n  "artifacts": [{body}]\n}}\n'.encode()


def owned(data: bytes) -> frozenset[str] | None:
    """The paths that a manifest lists, or None if it is not a manifest that we know."""
    try:
        manifest = json.loads(data)
        if manifest["version"] != VERSION or "compiler" not in manifest:
            return None
        return frozenset(str(artifact["path"]) for artifact in manifest["artifacts"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
