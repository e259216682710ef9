"""Rules of cabling in force at an element: each figure from the nearest assembly around it that states it."""

from __future__ import annotations

from ...dsl.units import Quantity
from ..design import Design
from ..schema import AssemblyAttributes


def rule(design: Design, element: int, name: str) -> Quantity | None:
    """What the `cabling` block of the nearest assembly, or of the element itself, says of `name`; None if none does."""
    for e in reversed(design.chain(element)):
        cabling = e.attributes.cabling if isinstance(e.attributes, AssemblyAttributes) else None
        found: Quantity | None = None if cabling is None else getattr(cabling, name)
        if found is not None:
            return found
    return None
