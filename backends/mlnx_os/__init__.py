"""MLNX-OS, the operating system of managed InfiniBand switches."""

from .backend import MlnxOs

__all__ = ["MlnxOs"]
