"""A part, optic or cable as a thing to buy: how many there are, and what its definition says."""

from __future__ import annotations

from ...trace import Books, Definition, figures_of
from ...trace.subjects import owners_of
from .sheet import Sheet
from .words import stated_table, words_of


def goods(books: Books, subject: Definition) -> Sheet:
    """The sheet of one definition. Members may override it; then each way to state it has a table."""
    design = books.plant.design
    owners = owners_of(design, subject.name)
    tables = {tuple(map(tuple, table.rows)): table for table in (stated_table(design, owner) for owner in owners)}
    notes = dict.fromkeys(line for owner in owners for line in words_of(owner))
    kind = getattr(owners[0], "kind", "whip")
    return Sheet(f"{subject.name}: {kind}", {}, figures_of(books, subject), tuple(tables.values()), notes=tuple(notes))
