"""Inputs of ns-3."""

from .backend import Ns3

__all__ = ["Ns3"]
