"""Diagnostics as workflow commands, which a GitHub runner turns into annotations."""

from __future__ import annotations

from collections.abc import Sequence

from ...dsl.diagnostics import Diagnostic, Severity
from ...dsl.source import Sources
from .place import locate

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """One command a diagnostic, each on its own line."""
    return "".join(_command(diagnostic, sources) + "\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, sources: Sources) -> str:
    properties: dict[str, str] = {}
    message: list[str] = []
    if diagnostic.at is not None:
        properties["file"] = diagnostic.at.span.file
        place = locate(diagnostic.at.span, sources)
        if place is not None:
            properties["line"] = str(place.line)
            properties["endLine"] = str(place.end_line)
            if place.line == place.end_line:  # columns of a span over several lines are refused
                properties["col"] = str(place.column)
                properties["endColumn"] = str(place.end_column)
        message += [diagnostic.at.text]
    properties["title"] = f"{diagnostic.code}: {diagnostic.summary}"
    message += [diagnostic.detail, f"help: {diagnostic.help}" if diagnostic.help else ""]
    text = "\n".join(line for line in message if line) or diagnostic.summary
    fields = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMAND[diagnostic.severity]} {fields}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
