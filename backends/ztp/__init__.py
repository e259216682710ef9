"""Zero-touch provisioning of switches, whatever their operating system."""

from .backend import Ztp

__all__ = ["Ztp"]
