"""Plain graphs for simulators that read them: the part that is written, its columns, and paths to measure."""

from .notes import notes
from .part import LIMIT, Part, find_parts, folders
from .probes import WIRE_BYTES, Probes, Ways, find_probes, find_ways
from .readme import readme_values
from .words import delays, nodes_table, probes_table, rates

__all__ = [
    "LIMIT",
    "WIRE_BYTES",
    "Part",
    "Probes",
    "Ways",
    "delays",
    "find_parts",
    "find_probes",
    "find_ways",
    "folders",
    "nodes_table",
    "notes",
    "probes_table",
    "rates",
    "readme_values",
]
