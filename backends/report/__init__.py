"""The plant as one page to look at: `report/index.html`."""

from .backend import Report

__all__ = ["Report"]
