"""What all commands share: the common options, and how they speak.

Data goes to stdout, messages to stderr.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from ...dsl.diagnostics import Diagnostic, Severity
from ...dsl.source import Sources
from .guard import EXIT_ERRORS, EXIT_USAGE, VERBOSE

_IN_SPEC = frozenset({"RW0005", "RW0006", "RW0016"})
"""Codes of the tool that speak of the spec or the artifacts; the others of RW0 are usage or I/O."""

FORMATS = ("text", "json", "sarif", "github")


@dataclass(frozen=True, slots=True)
class Console:
    """How to speak, as the common options say."""

    format: str = "text"
    verbosity: int = 0
    color: bool = False

    @property
    def machine(self) -> bool:
        """True if the diagnostics are for a program."""
        return self.format != "text"

    def report(self, diagnostics: Iterable[Diagnostic], sources: Sources, *, err: bool = True) -> None:
        """Print diagnostics and, for people, how many there are. `-q` leaves out all but errors."""
        from ..report import RENDERERS, count_line, text

        found = list(dict.fromkeys(d for d in diagnostics if self.verbosity >= 0 or d.severity is Severity.ERROR))
        if self.machine:
            click.echo(RENDERERS[self.format](found, sources), nl=False, err=err)
            return
        if found:
            style = text.COLOR if self.color else text.PLAIN
            click.echo(text.render(found, sources, style) + count_line(found), err=True, color=self.color)

    def list_codes(self, what: str, diagnostics: Iterable[Diagnostic]) -> None:
        """One line for each code of some diagnostics, with how many there are, and where to find more."""
        counts = Counter((d.code, d.summary) for d in dict.fromkeys(diagnostics))
        if counts:
            self.note(f"notes {what}:")
            for (code, summary), many in sorted(counts.items()):
                self.note(f"  {code} {summary}" + (f" ({many})" if many > 1 else ""))

    def note(self, message: str) -> None:
        """Say something that is no diagnostic."""
        if self.verbosity >= 0:
            click.echo(message, err=True)


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """0 without errors; 2 if one is about usage or I/O, else 1."""
    codes = {d.code for d in diagnostics if d.severity is Severity.ERROR}
    if any(code.startswith("RW0") and code not in _IN_SPEC for code in codes):
        return EXIT_USAGE
    return EXIT_ERRORS if codes else 0


def _terminal() -> bool:
    return sys.stderr.isatty()


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the common options; the command gets them as one `console`."""

    @click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="How to print diagnostics.")
    @click.option("-q", "--quiet", count=True, help="Errors only.")
    @click.option("-v", "--verbose", count=True, help="Say more; print tracebacks.")
    @click.option("--no-color", is_flag=True, help="No colour, even on a terminal (also: NO_COLOR).")
    @wraps(function)
    def wrapper(*args: Any, format_: str, quiet: int, verbose: int, no_color: bool, **rest: Any) -> Any:
        click.get_current_context().meta[VERBOSE] = verbose
        color = not no_color and not os.environ.get("NO_COLOR") and _terminal()
        return function(*args, console=Console(format_, verbose - quiet, color), **rest)

    return wrapper


def _settings(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for value in values:
        name, equals, setting = value.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"{value!r} is not of the form name=value", ctx, param)
        found[name.strip()] = setting.strip()
    return found


set_option = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", callback=_settings, help="Set a parameter of the spec."
)
"""`--set pods=2`, as often as wanted; the command gets a mapping `settings`."""
