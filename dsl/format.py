"""The formatter: one style, no options.

It only moves blanks and line breaks: tokens, comments and the spelling of literals stay. So that it can
never change a design, its result is parsed again and compared before it is handed out. The style is
described where it is made: `shape` for operators, `layout` for lines and columns.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from .diagnostics import Diagnostic, has_errors
from .items import read
from .layout import Layout
from .parse import parse
from .scan import scan
from .shape import shape
from .source import Source
from .syntax import File


def format_source(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The formatted text; None and the diagnostics if the file has mistakes."""
    parsed = parse(source)
    if has_errors(parsed.diagnostics):
        return None, parsed.diagnostics
    pieces = scan(source)
    found = shape(parsed.file, pieces)
    text = Layout(found).file(read(pieces, found))
    result = Source(source.name, text)
    again = parse(result)
    if again.diagnostics or outline(again.file) != outline(parsed.file) or _remarks(result) != _remarks(source):
        raise AssertionError(f"the formatter would change the meaning of {source.name}")
    return text, parsed.diagnostics


def outline(file: File) -> object:
    """The tree without its places, so that two spellings of one file are equal."""
    return _outline(file)


def _outline(node: object) -> object:
    if isinstance(node, tuple):
        return tuple(_outline(item) for item in node)
    if is_dataclass(node):
        names = [field.name for field in fields(node) if field.name not in ("span", "start", "depth")]
        return type(node).__name__, *((name, _outline(getattr(node, name))) for name in names)
    return node


def _remarks(source: Source) -> list[str]:
    return [comment.text for piece in scan(source) for comment in piece.comments]
