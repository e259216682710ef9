"""What schedulers are told of a plant: which servers run jobs, what each has, and which are near to each other."""

from .levels import Cluster, Level, find_cluster
from .names import name_groups
from .nodes import NodeClass, accelerator_types, find_nodes

__all__ = [
    "Cluster",
    "Level",
    "NodeClass",
    "accelerator_types",
    "find_cluster",
    "find_nodes",
    "name_groups",
]
