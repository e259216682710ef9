"""Diagnostics as versioned JSON. A change that could break a reader raises `VERSION`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...dsl.diagnostics import Diagnostic, Label
from ...dsl.source import Sources
from .place import locate

VERSION = 1


def render(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """One JSON object with every diagnostic, and a line end."""
    found = [_diagnostic(diagnostic, sources) for diagnostic in diagnostics]
    return json.dumps({"version": VERSION, "diagnostics": found}, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "help": diagnostic.help,
        "at": None if diagnostic.at is None else _label(diagnostic.at, sources),
        "also": [_label(label, sources) for label in diagnostic.also],
    }


def _label(label: Label, sources: Sources) -> dict[str, Any]:
    place = locate(label.span, sources)
    if place is None:  # offsets are all that is known
        start: dict[str, int] = {"offset": label.span.start}
        end: dict[str, int] = {"offset": label.span.end}
    else:
        start = {"line": place.line, "column": place.column, "offset": place.start}
        end = {"line": place.end_line, "column": place.end_column, "offset": place.end}
    return {"file": label.span.file, "start": start, "end": end, "label": label.text}
