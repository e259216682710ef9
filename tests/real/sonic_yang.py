"""SONiC's own YANG as the judge of a config_db.json.

CONFIG_DB is no RFC 7951 JSON: keys are joined by `|`, every value is a string, and maps are rows of fields. `translate`
writes it as the models have it, and reads from the models themselves what has which keys and types; yanglint (libyang 3
or later; libyang 2 does not come to an end on these models) judges.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from real import yang_tree

MODELS = "RACKWRIGHT_SONIC_YANG"
"""Environment variable: the folder of the models of sonic-buildimage."""

YANGLINT = "RACKWRIGHT_YANGLINT"
"""Environment variable: the command that runs yanglint 3 or later, words as in a shell; `yanglint` if unset.

`scripts/test.sh` brings one where there is none.
"""

ROOT = Path(__file__).parents[2]

Config = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Judge:
    """Where the models are, and the command that judges; `root` is the folder that the command takes for `/`."""

    models: Path
    command: tuple[str, ...]
    root: Path


def models() -> Path | None:
    """The folder of the models: the one that is set, else the one that a checkout has beside it."""
    told = os.environ.get(MODELS)
    folder = Path(told) if told else ROOT.parent / "shared" / "data" / "sonic-yang"
    return folder if folder.is_dir() else None


def missing() -> str:
    """Why nothing can be judged here; empty if it can."""
    if models() is None:
        return f"set {MODELS} to the folder of SONiC's YANG models"
    try:
        done = subprocess.run([*_command(), "--version"], capture_output=True, text=True)
    except OSError:
        return f"set {YANGLINT} to a yanglint of libyang 3 or later"
    version = done.stdout.split()[-1:] or ["0"]
    found = version[0]
    old = not found[0].isdigit() or int(found.split(".")[0]) < 3
    return f"set {YANGLINT} to a yanglint of libyang 3 or later; this is {found}" if old else ""


def complaints(config: bytes) -> str:
    """What yanglint has against a config_db.json; empty if nothing."""
    judge = _judge()
    tables: Config = json.loads(config)
    tree = yang_tree.read(judge.models)
    unknown = [table for table in tables if table not in tree.tables]
    if unknown:
        return f"no model has the table {unknown[0]}"
    inside = _inside(judge)
    files = [f"{inside}/{module}.yang" for module in sorted({tree.tables[table].module for table in tables})]
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=judge.root / "tmp") as data:
        json.dump(translate(tree, tables), data)
        data.flush()
        command = [*judge.command, "-p", str(inside), "-f", "json", "-t", "config", *files]
        done = subprocess.run([*command, f"/tmp/{Path(data.name).name}"], capture_output=True, text=True)
    if not done.returncode:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("libyang err")]
    return "\n".join(errors) or done.stderr


def translate(tree: yang_tree.Tree, tables: Config) -> dict[str, Any]:
    """CONFIG_DB as RFC 7951 JSON."""
    found: dict[str, Any] = {}
    for name, rows in tables.items():
        table = tree.tables[name]
        found.setdefault(f"{table.module}:{table.top}", {})[name] = _table(table, rows)
    return found


def _table(table: yang_tree.Table, rows: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, row in rows.items():
        if key in table.singles:
            found[key] = dict(_fields(table.singles[key], row))
            continue
        parts = key.split("|")
        entry = table.list_for(len(parts), set(row))
        if entry is None:
            # yanglint knows no such node, and says so.
            found[key] = row
            continue
        keys = {name: yang_tree.value(entry.leaves[name], part) for name, part in zip(entry.keys, parts, strict=True)}
        found.setdefault(entry.name, []).append(keys | dict(_fields(entry, row)))
    return found


def _fields(entry: yang_tree.Entry, row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if entry.pairs is not None:
        # A map: its fields are a list of their own.
        pairs = entry.pairs
        yield (
            pairs.name,
            [
                {
                    pairs.keys[0]: yang_tree.value(pairs.leaves[pairs.keys[0]], field),
                    pairs.value: yang_tree.value(pairs.leaves[pairs.value], text),
                }
                for field, text in row.items()
            ],
        )
        return
    for field, text in row.items():
        name = field.removesuffix("@")
        yield name, yang_tree.value(entry.leaves[name], text) if name in entry.leaves else text


def _command() -> list[str]:
    return shlex.split(os.environ.get(YANGLINT, "yanglint"))


def _judge() -> Judge:
    folder = models()
    assert folder is not None
    command = _command()
    root = Path(command[1]) if command[0] == "chroot" else Path("/")
    return Judge(folder, tuple(command), root)


@cache
def _inside(judge: Judge) -> Path:
    """The models as the judge sees them: where its root is another, they are copied below it."""
    if judge.root == Path("/"):
        return judge.models
    copy = judge.root / "tmp" / "sonic-yang"
    shutil.copytree(judge.models, copy, dirs_exist_ok=True)
    return Path("/tmp/sonic-yang")
