"""A count of written files, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .console import Console


@contextmanager
def progress(console: Console) -> Iterator[Callable[[int], None]]:
    """Gives what to call with the number of files that are done; shows nothing off a terminal or with `-q`."""
    if console.verbosity < 0 or not sys.stderr.isatty():
        yield lambda _: None
        return
    # rich takes a tenth of a second to import, so only here.
    from rich.console import Console as Terminal
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} files"), TimeElapsedColumn())
    terminal = Terminal(stderr=True, no_color=not console.color)
    # No thread that redraws: this process is about to fork.
    with Progress(*columns, console=terminal, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("files", total=None)

        def advance(count: int) -> None:
            bar.advance(task, count)
            bar.refresh()

        yield advance
