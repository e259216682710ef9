"""What runs on the ranks of a workload, step by step."""

from .memory import held, rollout_held
from .operations import COLLECTIVES, Kind, Operation, Program
from .program import compile_program
from .training import model_operations

__all__ = ["COLLECTIVES", "Kind", "Operation", "Program", "compile_program", "held", "model_operations", "rollout_held"]
