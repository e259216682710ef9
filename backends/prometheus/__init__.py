"""What Prometheus scrapes of a plant, what it expects there, and when it calls somebody."""

from .backend import Prometheus

__all__ = ["Prometheus"]
