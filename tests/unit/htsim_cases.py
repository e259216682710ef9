"""What the htsim backend writes and says of a design."""

from __future__ import annotations

from rackwright.backends.htsim import Htsim
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.dsl.diagnostics import Diagnostic

PLACE = "sim/htsim"


def files(result: Compilation) -> dict[str, str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = Htsim().render(result.design, result.plant, Request())
    return {a.path.removeprefix(f"{PLACE}/"): a.data.decode() for a in made}


def notes(result: Compilation, request: Request | None = None) -> list[Diagnostic]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = Htsim().accepts(result.design, result.plant, request or Request(named=True))
    return [d for d in found if d.code not in ("RW8103", "RW8104")]


def codes(result: Compilation) -> list[str]:
    return [d.code for d in notes(result)]
