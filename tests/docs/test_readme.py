"""The example of the README compiles, and its figures are true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from rackwright.compiler.pipeline import Compilation


def test_the_example(root: Path, spec: Callable[..., Compilation]) -> None:
    block = re.search(r"```rack\n(.*?)```", (root / "README.md").read_text("utf-8"), re.S)
    assert block is not None
    result = spec(block[1])
    assert [d for d in result.diagnostics if d.severity != "note"] == []
    assert result.plant is not None
    assert len(result.plant.links) == 8 + 8
    grown = spec(block[1].replace("compute[2 of 8]", "compute[3 of 8]").replace("leaf[4 of 16]", "leaf[6 of 16]"))
    assert grown.plant is not None and set(result.plant.devices.names) < set(grown.plant.devices.names)


def test_links_lead_somewhere(root: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (root / "README.md").read_text("utf-8")):
        assert (root / target).exists(), target
