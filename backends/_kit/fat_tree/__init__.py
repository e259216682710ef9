"""A workload's fabric as the fat tree of htsim, which numbers hosts its own way: for htsim itself, and for schedules
that ATLAHS runs on it."""

from .common import find_common_tree
from .fit import Core, Fit
from .pods import Misfit, Pods
from .tree import Tree, find_fat_tree

__all__ = ["Core", "Fit", "Misfit", "Pods", "Tree", "find_common_tree", "find_fat_tree"]
