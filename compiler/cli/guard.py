"""What happens when a command does not end well: exit codes, and no traceback that nobody asked for.

0 all is well, 1 errors in the spec or differences found, 2 usage or I/O, 70 a bug of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

EXIT_ERRORS = 1
EXIT_USAGE = 2
EXIT_BUG = 70
_EXIT_PIPE = 141  # what a shell shows for a program that SIGPIPE ended
_EXIT_INTERRUPTED = 130


class Guarded(click.Group):
    """A group that turns what escapes from its commands into exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            _silence()
            ctx.exit(_EXIT_PIPE)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted", err=True)
            ctx.exit(_EXIT_INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            _report(error, verbose=bool(ctx.meta.get(VERBOSE)))
            ctx.exit(EXIT_BUG)


VERBOSE = "rackwright.verbose"
"""Key of the context's `meta`: how much `-v` was given."""


def _report(error: Exception, *, verbose: bool) -> None:
    import traceback

    name = type(error).__name__
    what = str(error) if name == "Bug" else f"{name}: {error}"
    click.echo(f"this is a bug in rackwright, please report it: {what}", err=True)
    if verbose:
        click.echo("".join(traceback.format_exception(error)) + getattr(error, "trace", ""), err=True)
    else:
        click.echo("run it again with -v for the traceback to put into the report", err=True)


def _silence() -> None:
    """Whoever read our output is gone: let what is still buffered go nowhere."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass
