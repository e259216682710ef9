"""The page's bytes: its own files, the library and the data, joined into one document that asks for nothing else.

The document's policy lets the browser run the two scripts and the one style sheet whose digests it names, and load
nothing at all. The data are JSON in a block that is not run, with every `<` escaped, so no name of a spec can end it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable

import orjson

from ...compiler.design import Design

LIBRARY = ("d3.LICENSE", "d3.min.js")
"""What the build puts into `vendor/`: the licence that travels with the library, and the library."""

STYLES = ("base.css", "views.css", "print.css")

SCRIPTS = (
    "data.js",
    "words.js",
    "dom.js",
    "trace.js",
    "bars.js",
    "failure.js",
    "chain.js",
    "power.js",
    "heat.js",
    "coolant.js",
    "space.js",
    "plan.js",
    "floor.js",
    "rack.js",
    "device.js",
    "fabric.js",
    "summary.js",
    "search.js",
    "frame.js",
)
"""Our files in the order in which they stand in the page; each uses only what stands before it when it is read."""

_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {scripts}; style-src {style}; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<noscript>This page draws itself with JavaScript. The same figures are in the other files of the build.</noscript>
<script type="application/json" id="data">{data}</script>
<script>{library}</script>
<script>{code}</script>
</body>
</html>
"""


def missing() -> tuple[str, str] | None:
    """A file of the library that this installation lacks, and the folder where it should be; None if all are there."""
    folder = _home() / "vendor"
    return next(((name, str(folder)) for name in LIBRARY if not (folder / name).is_file()), None)


def page(design: Design, content: dict[str, object]) -> bytes:
    """The whole document."""
    css, library, code = _style(), _library(), _code()
    return _DOCUMENT.format(
        scripts=f"{_digest(library)} {_digest(code)}",
        style=_digest(css),
        title=escape(f"{design.name} - Rackwright"),
        css=css,
        data=embedded(content),
        library=library,
        code=code,
    ).encode()


def embedded(content: dict[str, object]) -> str:
    """Data as JSON that can stand inside a `script` element."""
    return orjson.dumps(content).decode().replace("<", "\\u003c")


def _home() -> Traversable:
    return files(__package__)


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    return "\n".join(_read("page", STYLES))


@cache
def _code() -> str:
    # One function around all of them: nothing of ours is visible outside.
    return "\n".join(('(() => {"use strict";', *_read("page", SCRIPTS), "})();"))


@cache
def _library() -> str:
    licence, code = _read("vendor", LIBRARY)
    return f"/*! d3\n\n{licence.strip()}\n*/\n{code}"


def _read(folder: str, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield (_home() / folder / name).read_text("utf-8")
