"""DNS zones of switches."""

from .backend import Dns

__all__ = ["Dns"]
