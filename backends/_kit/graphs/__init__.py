"""Plain graphs for simulators that read them: the part that is written, its columns, and paths to measure."""

from .notes import notes
from .part import LIMIT, Part, find_parts, folders
from .probes import WIRE_BYTES, Probes, find_probes, ports_of
from .words import delays, nodes_table, probes_table, rates

__all__ = [
    "LIMIT",
    "WIRE_BYTES",
    "Part",
    "Probes",
    "delays",
    "find_parts",
    "find_probes",
    "folders",
    "nodes_table",
    "notes",
    "ports_of",
    "probes_table",
    "rates",
]
