"""Two ways to stop: a problem of the user's machine, which is a diagnostic, and a bug of ours."""

from __future__ import annotations

from ..dsl.diagnostics import Diagnostic


class Problem(Exception):
    """Carries a diagnostic up to the stage that returns it; never leaves that stage."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.code, diagnostic.detail)
        self.diagnostic = diagnostic


class Bug(Exception):
    """A mistake in rackwright or in a backend. `trace` is the traceback of another process, if it came from one."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace
