"""What simulators see of a design: ranks, scale-up, tiers, bandwidths and latencies, in no simulator's words."""

from .components import components
from .domains import Domains
from .graph import FS_PER_NS, RANK, SCALE_UP, SWITCH, Graph
from .latency import NS_PER_METRE, Latencies
from .ranks import Placed, Ranks, by_ranks, name_prefix, named, place, prefix
from .refusal import answers, no_workload
from .tiers import Tier, Tree
from .view import Dimension, Simulation, simulate
from .wiring import find_graph, wire

__all__ = [
    "FS_PER_NS",
    "NS_PER_METRE",
    "RANK",
    "SCALE_UP",
    "SWITCH",
    "Dimension",
    "Domains",
    "Graph",
    "Latencies",
    "Placed",
    "Ranks",
    "Simulation",
    "Tier",
    "Tree",
    "answers",
    "by_ranks",
    "components",
    "find_graph",
    "name_prefix",
    "named",
    "no_workload",
    "place",
    "prefix",
    "simulate",
    "wire",
]
