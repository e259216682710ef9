"""Addresses and AS numbers fit their pools."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Diagnostic
from .facts import Facts


def numbering(facts: Facts) -> Iterator[Diagnostic]:
    """RW70xx, as the numbering of the routed networks finds them."""
    if not facts.design.networks:
        return
    from ..routing import plan

    yield from plan(facts.design, facts.plant)[1]
