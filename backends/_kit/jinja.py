"""The one way that templates are set up: strict, trimmed, from the package of the backend that uses them."""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from .safe import checked


@cache
def template(package: str, name: str) -> Template:
    """A template of a backend's `templates` folder, compiled. It may include those of `_kit/templates`.

    An unknown name is an error, not an empty text; no value can begin a new line. It is compiled once in a
    process, however many shards of its backend are rendered there.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(__package__)]),
        undefined=StrictUndefined,
        finalize=checked,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        # Configuration files are no HTML.
        autoescape=False,
    )
    return environment.get_template(name)
