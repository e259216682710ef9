"""OpenConfig: each switch as data for gNMI."""

from .backend import OpenConfig

__all__ = ["OpenConfig"]
