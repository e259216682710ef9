"""Diagnostics as SARIF 2.1.0, which code hosts and editors read.

Columns count code points (`columnKind` says so), and an end column is the one after the last character,
as in the standard, section 3.30.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ... import __version__
from ...dsl.codes import CODES
from ...dsl.diagnostics import Diagnostic, Label
from ...dsl.source import Sources, Span
from .place import locate

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """One SARIF log with one run."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {
        "name": "rackwright",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    results = [_result(diagnostic, codes.index(diagnostic.code), sources) for diagnostic in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": CODES[code].summary},
        "help": {"text": f"rackwright explain {code}"},
        "defaultConfiguration": {"level": CODES[code].severity},
    }


def _result(diagnostic: Diagnostic, rule: int, sources: Sources) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": _message(diagnostic)},
    }
    if diagnostic.at is not None:
        result["locations"] = [_location(diagnostic.at, sources)]
    if diagnostic.also:
        result["relatedLocations"] = [
            {"id": number, **_location(label, sources)} for number, label in enumerate(diagnostic.also, 1)
        ]
    return result


def _message(diagnostic: Diagnostic) -> str:
    lines = [diagnostic.summary]
    if diagnostic.at is not None and diagnostic.at.text:
        lines[0] += f": {diagnostic.at.text}"
    if diagnostic.detail:
        lines.append(diagnostic.detail)
    if diagnostic.help:
        lines.append(f"help: {diagnostic.help}")
    return "\n".join(lines)


def _location(label: Label, sources: Sources) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(label.span.file)}}
    region = _region(label.span, sources)
    if region is not None:
        physical["region"] = region
    location: dict[str, Any] = {"physicalLocation": physical}
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _region(span: Span, sources: Sources) -> dict[str, int] | None:
    place = locate(span, sources)
    if place is None:
        return None
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "charOffset": place.start,
        "charLength": place.end - place.start,
    }


def _uri(file: str) -> str:
    """A URI reference: relative for a relative name, so that a host finds it in its checkout."""
    path = quote(file, safe="/~!$&'()*+,;=@")
    return f"file://{path}" if file.startswith("/") else path
