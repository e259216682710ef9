"""The whole design as an import into NetBox."""

from .backend import NetBox

__all__ = ["NetBox"]
