"""Rackwright: a compiler for AI data centers."""

__version__ = "0.1.0"
