"""The same diagnostics in four forms: text for people, JSON, SARIF and GitHub annotations for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from ...dsl.diagnostics import Diagnostic, Severity
from ...dsl.source import Sources
from . import github, json, sarif, text

Renderer = Callable[[Sequence[Diagnostic], Sources], str]

RENDERERS: Mapping[str, Renderer] = MappingProxyType(
    {"text": text.render, "json": json.render, "sarif": sarif.render, "github": github.render}
)
"""Every form by the word for `--format`."""


def count_line(diagnostics: Iterable[Diagnostic]) -> str:
    """Such as `2 errors, 1 warning`; empty if there is nothing to count."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    return ", ".join(
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    )


__all__ = ["RENDERERS", "Renderer", "count_line"]
