"""All that the page knows, as one tree of plain values."""

from __future__ import annotations

from ...compiler.plant import Plant

FORMAT = 1
"""Version of the data's layout."""


def content(plant: Plant) -> dict[str, object]:
    """The data of the page; docs/reference/report.md tells what each part is."""
    return {"format": FORMAT}
