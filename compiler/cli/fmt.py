"""`rackwright fmt`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from .console import Console, common_options, exit_code

if TYPE_CHECKING:
    from ...dsl.diagnostics import Diagnostic
    from ...dsl.source import Source


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not formatted.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@common_options
def command(paths: tuple[str, ...], check: bool, diff: bool, console: Console) -> None:
    """Format each file in PATHS, and each `.rack` file below a directory. `-` formats stdin to stdout.

    A file with syntax errors is left as it is.
    """
    from ...dsl.format import format_source

    diagnostics: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    changed = 0
    for path in _files(paths):
        source, problems = _read(path)
        diagnostics += problems
        if source is None:
            continue
        sources[source.name] = source
        text, found = format_source(source)
        diagnostics += found
        if text is None:
            continue
        if path == "-" and not check and not diff:
            click.echo(text, nl=False)
            continue
        if text == source.text:
            continue
        changed += 1
        if diff:
            click.echo(_difference(source, text), nl=False)
        elif check:
            click.echo(path)
        else:
            diagnostics += _write(path, text)
    console.report(diagnostics, sources)
    if changed and not console.machine:
        console.note(f"{changed} file{'' if changed == 1 else 's'} {'not formatted' if check or diff else 'formatted'}")
    raise SystemExit(exit_code(diagnostics) or int(changed > 0 and check))


def _files(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".rack"))


def _read(path: str) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    from ..evaluate.load import decode, read

    return decode("<stdin>", sys.stdin.buffer.read()) if path == "-" else read(path, None)


def _difference(source: Source, text: str) -> str:
    from difflib import unified_diff

    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = unified_diff(before, after, source.name, source.name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _write(path: str, text: str) -> tuple[Diagnostic, ...]:
    """Replace the file in one step, so that an interrupted run loses nothing."""
    from tempfile import mkstemp

    from ...dsl.diagnostics import diagnose

    real = os.path.realpath(path)
    temporary = ""
    try:
        fd, temporary = mkstemp(prefix=".", suffix=".tmp", dir=os.path.dirname(real))
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, os.stat(real).st_mode & 0o7777)
        os.replace(temporary, real)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        return (diagnose("RW0011", None, detail=f"{path}: {(error.strerror or str(error)).lower()}"),)
    return ()
