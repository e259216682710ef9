"""Inputs of htsim: csg-htsim and uet-htsim."""

from .backend import Htsim

__all__ = ["Htsim"]
