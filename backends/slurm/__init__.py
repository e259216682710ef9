"""Slurm: nodes, accelerators, partitions and topology."""

from .backend import Slurm

__all__ = ["Slurm"]
