"""Inputs of ASTRA-sim 2 with its analytical network."""

from .backend import AstraSim

__all__ = ["AstraSim"]
