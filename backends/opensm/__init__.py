"""OpenSM, the subnet manager of InfiniBand."""

from .backend import OpenSm

__all__ = ["OpenSm"]
