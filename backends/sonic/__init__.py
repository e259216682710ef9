"""Configuration of SONiC switches."""

from .backend import Sonic

__all__ = ["Sonic"]
