"""`rackwright check`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from .console import Console, common_options, exit_code, set_option


@click.command("check")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@set_option
@common_options
def command(specs: tuple[str, ...], settings: Mapping[str, str], console: Console) -> None:
    """Parse, resolve, evaluate, expand and check each SPEC.

    Exit 0 if all are clean, 1 if there are errors. In a machine's format the diagnostics go to stdout.
    """
    from ...dsl.diagnostics import Diagnostic, has_errors
    from ...dsl.source import Source
    from ..pipeline import compile_spec

    diagnostics: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    for spec in specs:
        compilation = compile_spec(spec, settings)
        diagnostics += compilation.diagnostics
        sources.update(compilation.sources)
    console.report(diagnostics, sources, err=False)
    if not has_errors(diagnostics) and not console.machine:
        console.note("no errors" if len(specs) == 1 else f"no errors in {len(specs)} specs")
    raise SystemExit(exit_code(diagnostics))
