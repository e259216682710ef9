"""What CONFIG_DB is made of.

Table and field names are those of SONiC's YANG models (sonic-buildimage, src/sonic-yang-models). Every value is a
string, as redis holds it, or a list of strings.
"""

from __future__ import annotations

Row = dict[str, str | list[str]]
Table = dict[str, Row]
"""A row by its key, whose parts are joined by `|`."""

Tables = dict[str, Table]

UP, DOWN = "up", "down"


def truth(value: bool) -> str:
    """A boolean as SONiC writes it."""
    return "true" if value else "false"
