"""Rules of cabling in force at an element: the `cabling` block of the nearest assembly that has one."""

from __future__ import annotations

from ..design import Design, Element
from ..schema import AssemblyAttributes
from ..schema.assemblies import Cabling


def cabling_rules(design: Design, element: int) -> Cabling | None:
    """The `cabling` block in force at an element: its own, else that of the nearest assembly around it."""
    holder = cabling_holder(design, element)
    if holder is None:
        return None
    assert isinstance(holder.attributes, AssemblyAttributes)
    return holder.attributes.cabling


def cabling_holder(design: Design, element: int) -> Element | None:
    """The assembly that states the block."""
    for e in reversed(design.chain(element)):
        if isinstance(e.attributes, AssemblyAttributes) and e.attributes.cabling is not None:
            return e
    return None
