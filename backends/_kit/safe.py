"""Text that is safe in a path or in a configuration file, whatever a spec calls its parts."""

from __future__ import annotations

import re

HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
"""A host name of at most 63 characters: RFC 1123 section 2.1, and the underscore that every system takes."""

_NOT_IN_PATH = re.compile(r"[^A-Za-z0-9._-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def is_host_name(name: str) -> bool:
    """Whether a switch can be called so."""
    return HOST_NAME.fullmatch(name) is not None


def folder(name: str) -> str:
    """A host name as one component of a path, which can neither leave its folder nor hide."""
    text = _NOT_IN_PATH.sub("_", name) or "_"
    return "_" + text[1:] if text[0] == "." else text


def one_line(text: str) -> str:
    """Free text without control characters and line ends, for descriptions."""
    return _CONTROL.sub(" ", text)


def checked(value: object) -> object:
    """What a template prints, which must stay on its line.

    Raises ValueError for text with a line end: one that got this far would begin a line of configuration.
    """
    if type(value) is str and ("\n" in value or "\r" in value):
        raise ValueError(f"a value would begin a new line of configuration: {value!r}")
    return value
