"""Inputs of BookSim 2."""

from .backend import BookSim

__all__ = ["BookSim"]
