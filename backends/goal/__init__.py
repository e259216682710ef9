"""Schedules in GOAL, for LogGOPSim and ATLAHS."""

from .backend import Goal

__all__ = ["Goal"]
