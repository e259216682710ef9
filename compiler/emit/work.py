"""Rendering: which backend renders which part, here or in workers.

Workers are forked, so they see the design and the plant without a copy. Only shards of backends that write a
folder a device go to workers. Everything else is rendered by the parent meanwhile: libraries with threads of
their own (polars) cannot be used in a forked child once the parent has used them.
"""

from __future__ import annotations

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import TYPE_CHECKING

from ...dsl.diagnostics import Diagnostic
from ..backend import Backend, Request
from ..failure import Bug, Problem
from .manifest import Row
from .sinks import Sink

if TYPE_CHECKING:
    from ..design import Design
    from ..plant import Plant

Progress = Callable[[int], None]
"""Told how many more files are done."""

_SHARDS = 4  # tasks a worker, so that a slow one at the end is short
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Task:
    backend: Backend
    request: Request


@dataclass(frozen=True, slots=True)
class Work:
    """All that is to be rendered; each backend with the request that it accepted."""

    design: Design
    plant: Plant
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class _Failure:
    """An exception on its way out of a worker."""

    diagnostic: Diagnostic | None
    message: str
    trace: str


def render_all(work: Work, sink: Sink, jobs: int, progress: Progress) -> list[Row]:
    """Render everything into the sink. Raises `Problem` or `Bug`."""
    rows: list[Row] = []
    shards = [t for task in work.tasks if task.backend.per_device and jobs > 1 for t in _split(task, jobs * _SHARDS)]
    here = [task for task in work.tasks if not (task.backend.per_device and jobs > 1)]
    with _Workers(work, shards, sink, min(jobs, len(shards)) if shards else 0) as workers:
        for task in here:
            for batch in _batches(_render(work, task, sink)):
                rows += batch
                progress(len(batch))
                for found in workers.ready(0):
                    rows += found
                    progress(len(found))
        while workers.busy:
            for found in workers.ready(None):
                rows += found
                progress(len(found))
    return rows


def _split(task: Task, parts: int) -> list[Task]:
    """The same devices in several tasks: `i % n == s` is the union of `i % (n * k) == s + n * j` over j."""
    r = task.request
    return [
        Task(task.backend, replace(r, shard=r.shard + r.shards * part, shards=r.shards * parts))
        for part in range(parts)
    ]


def _render(work: Work, task: Task, sink: Sink) -> Iterator[Row]:
    name = task.backend.name
    try:
        for artifact in task.backend.render(work.design, work.plant, task.request):
            yield sink.put(artifact, name)
    except (Problem, Bug):
        raise
    except Exception as error:
        raise Bug(f"backend {name}: {type(error).__name__}: {error}") from error


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


class _Workers:
    """Forked processes that ask for the next task when they are done with one."""

    def __init__(self, work: Work, tasks: Sequence[Task], sink: Sink, count: int) -> None:
        self._work, self._tasks, self._sink, self._count = work, tasks, sink, count
        self._waiting = list(reversed(range(len(tasks))))
        self._running: dict[Connection, ForkProcess] = {}

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def __enter__(self) -> _Workers:
        context = get_context("fork")
        for _ in range(self._count):
            ours, theirs = context.Pipe()
            process = context.Process(target=self._serve, args=(theirs, ours), daemon=True)
            with warnings.catch_warnings():
                # CPython warns of forking beside threads (numpy keeps some); a worker uses none of theirs.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            theirs.close()
            self._running[ours] = process
            self._next(ours)
        return self

    def __exit__(self, *_: object) -> None:
        for connection, process in self._running.items():
            process.terminate()
            connection.close()
        for process in self._running.values():
            process.join()

    def ready(self, timeout: float | None) -> Iterator[list[Row]]:
        """Rows that have come in; waits for the first ones if no timeout is given."""
        for connection in wait(list(self._running), timeout) if self._running else []:
            assert isinstance(connection, Connection)
            try:
                message = connection.recv()
            except (EOFError, ConnectionResetError):
                process = self._running[connection]
                process.join()
                raise Bug(f"a worker died ({_exit(process.exitcode)})") from None
            if isinstance(message, _Failure):
                if message.diagnostic is not None:
                    raise Problem(message.diagnostic)
                raise Bug(message.message, message.trace)
            if message is None:
                self._next(connection)
            else:
                yield message

    def _next(self, connection: Connection) -> None:
        """Give a worker its next task, or let it go."""
        try:
            if self._waiting:
                connection.send(self._waiting.pop())
                return
            connection.send(None)
        except (BrokenPipeError, ConnectionResetError):
            return  # that it is dead shows at the next read
        self._running.pop(connection).join()
        connection.close()

    def _serve(self, connection: Connection, parents: Connection) -> None:
        """The life of a worker."""
        parents.close()
        for inherited in self._running:
            inherited.close()  # else a worker would keep its elders' pipes open after the parent's death
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told too, and ends us
        try:
            while (number := connection.recv()) is not None:
                for batch in _batches(_render(self._work, self._tasks[number], self._sink)):
                    connection.send(batch)
                connection.send(None)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            os._exit(1)  # the parent is gone
        except Problem as problem:
            connection.send(_Failure(problem.diagnostic, "", ""))
        except BaseException as error:
            message = str(error) if isinstance(error, Bug) else f"{type(error).__name__}: {error}"
            connection.send(_Failure(None, message, traceback.format_exc()))


def _exit(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    return signal.Signals(-code).name + (", perhaps out of memory" if code == -signal.SIGKILL else "")
