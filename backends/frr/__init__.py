"""Configuration of FRRouting on Linux switches."""

from .backend import Frr

__all__ = ["Frr"]
