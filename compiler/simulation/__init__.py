"""What simulators see of a design: ranks, scale-up, tiers, bandwidths and latencies, in no simulator's words."""

from .latency import NS_PER_METRE, Latencies
from .ranks import Ranks, by_ranks, name_prefix, prefix
from .refusal import answers
from .tiers import Tier, Tree, components
from .view import Dimension, Simulation, simulate

__all__ = [
    "NS_PER_METRE",
    "Dimension",
    "Latencies",
    "Ranks",
    "Simulation",
    "Tier",
    "Tree",
    "answers",
    "by_ranks",
    "components",
    "name_prefix",
    "prefix",
    "simulate",
]
