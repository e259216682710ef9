"""`rackwright backends`."""

from __future__ import annotations

import click

from .console import Console, common_options, exit_code


@click.command("backends")
@common_options
def command(console: Console) -> None:
    """List the installed backends, ours and those of other packages."""
    from ..registry import load

    backends, diagnostics = load()
    width = max((len(backend.name) for backend in backends), default=0)
    for backend in backends:
        click.echo(f"{backend.name:<{width}}  {backend.summary}")
    if not backends:
        console.note("no backend is installed")
    console.report(diagnostics, {})
    raise SystemExit(exit_code(diagnostics))
