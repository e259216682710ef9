"""How long the collectives and steps of a workload take, by a model that anybody can work out by hand."""

from .collectives import Part, operation_parts, operation_time
from .estimate import Estimate, Line, estimate, sweep
from .roads import Roads, Time, find_roads
from .schedule import Schedule, schedule

__all__ = [
    "Estimate",
    "Line",
    "Part",
    "Roads",
    "Schedule",
    "Time",
    "estimate",
    "find_roads",
    "operation_parts",
    "operation_time",
    "schedule",
    "sweep",
]
