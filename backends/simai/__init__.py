"""Inputs of SimAI."""

from .backend import SimAI

__all__ = ["SimAI"]
