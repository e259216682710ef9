"""A design equals what is read back from its own JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rackwright.compiler.design import Design
from rackwright.compiler.pipeline import Compilation


@pytest.mark.parametrize("name", ["lab_4x2", "superpod_h100", "llama3_24k", "scale_350k"])
def test_shipped_designs(compiled: Callable[..., Compilation], name: str) -> None:
    design = compiled(name).design
    assert design is not None
    text = design.model_dump_json()
    again = Design.model_validate_json(text)
    assert again == design
    assert again.model_dump_json() == text
