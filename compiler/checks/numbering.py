"""Addresses and AS numbers fit their pools."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Diagnostic, has_errors
from ..expand.capacity import reserved
from .facts import Facts


def numbering(facts: Facts) -> Iterator[Diagnostic]:
    """RW70xx, as the numbering of routed networks and of InfiniBand subnets finds them; RW3017 where only what is
    reserved is wrong.

    Switches are configured from the plant at capacity, so a mistake there would leave them without a file.
    """
    if not facts.design.networks:
        return
    from ..network import routing, subnet

    for planned in (routing.planned, subnet.planned):
        _, told = planned(facts.plant)
        yield from told
        grown = facts.plant.at_capacity
        if grown is not facts.plant and not has_errors(told):
            yield from reserved(planned(grown)[1])
