"""Inputs of OMNeT++."""

from .backend import Omnetpp

__all__ = ["Omnetpp"]
