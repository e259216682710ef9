"""`rackwright explain`."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files

import click

from ...dsl.codes import CODES
from .console import Console, common_options


@click.command("explain")
@click.argument("code", required=False)
@common_options
def command(code: str | None, console: Console) -> None:
    """Say what CODE means, with an example and what to do. Without CODE, list all codes."""
    if code is None:
        for name, (severity, summary) in sorted(CODES.items()):
            click.echo(f"{name}  {severity:<7}  {summary}")
        return
    wanted = code.strip().upper()
    wanted = f"RW{wanted}" if wanted.isdecimal() else wanted
    if wanted not in CODES:
        near = _near(wanted)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"unknown code {code!r}{hint or ';'} `rackwright explain` lists all")
    # The package may be known by another name than ours if somebody vendors it.
    page = files(__package__.partition(".")[0]) / "docs" / "errors" / f"{wanted}.md"
    if page.is_file():
        click.echo(page.read_text("utf-8"), nl=False)
        return
    click.echo(f"# {wanted}: {CODES[wanted].summary}")


def _near(code: str) -> list[str]:
    """Codes that differ in one place, else those that look alike."""
    wrong = {known: sum(a != b for a, b in zip(known, code, strict=True)) for known in CODES if len(known) == len(code)}
    one = sorted(known for known, count in wrong.items() if count == 1)
    return one[:3] or get_close_matches(code, CODES, n=3)
