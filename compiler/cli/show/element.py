"""An element of the tree that is no single device or rack: totals over its instances, and what it says of itself."""

from __future__ import annotations

from ...instances import instance_count
from ...trace import Books, Instances, figures_of, place_of
from .sheet import Sheet, Table
from .words import stated_table, words_of


def element_sheet(books: Books, subject: Instances, name: str) -> Sheet:
    """Totals of one instance or of all instances together."""
    design = books.plant.design
    element = design.elements[subject.element]
    built = instance_count(design, element.index)
    facts = {"member": str(place_of(design, element.origin))}
    if subject.instance is None:
        facts["instances"] = f"{built:,}, all of which the figures are for"
    members = [
        (f"{instance_count(design, m.index) // built:,}" if built else "0", m.kind, m.name, m.definition)
        for m in design.children(element.index)
        if m.role != "connector"
    ]
    return Sheet(
        f"{name}: {element.kind} {element.definition}",
        facts,
        figures_of(books, subject),
        (Table("members", ("count", "kind", "member", "part"), members), stated_table(design, element)),
        notes=words_of(element),
    )
