"""Containerlab topologies of a design or a part of it."""

from .backend import Containerlab

__all__ = ["Containerlab"]
