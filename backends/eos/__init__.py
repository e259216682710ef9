"""Configuration of Arista EOS switches."""

from .backend import Eos

__all__ = ["Eos"]
