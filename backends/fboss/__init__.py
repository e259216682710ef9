"""FBOSS, Meta's switch software: the agent's configuration and BGP's."""

from .backend import Fboss

__all__ = ["Fboss"]
