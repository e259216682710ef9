"""Servers: addresses, routes and RoCE settings of their adapters."""

from .backend import Hosts

__all__ = ["Hosts"]
