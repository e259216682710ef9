"""`rackwright fmt`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

import click

from .console import Console, common_options, exit_code


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not formatted.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@common_options
def command(paths: tuple[str, ...], check: bool, diff: bool, console: Console) -> None:
    """Format each file in PATHS, and each `.rack` file below a directory. `-` formats stdin to stdout.

    A file with syntax errors is left as it is.
    """
    from ...dsl.diagnostics import Diagnostic
    from ...dsl.format import format_source
    from ...dsl.source import Source

    diagnostics: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    changed = 0
    for path in _files(paths):
        source, problem = _read(path)
        if source is None:
            diagnostics += [problem] if problem else []
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


def _read(path: str):  # type: ignore[no-untyped-def]
    raise NotImplementedError
