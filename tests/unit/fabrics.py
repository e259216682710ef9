"""Designs for the tests of routing and of the switch backends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.design import Design
from rackwright.compiler.expand.expand import expand
from rackwright.compiler.network.routing import Routing, plan
from rackwright.compiler.pipeline import compile_spec
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema import NetworkAttributes
from rackwright.dsl.diagnostics import has_errors

SPECS = Path(__file__).parents[2] / "specs"
CLOS = Path(__file__).with_name("clos.rack")
"""Two pods (of four) of two leaves, two spines and four hosts under two cores; switches of 8 cages, 2 of them split."""


def built(path: Path, settings: Mapping[str, str] | None = None) -> tuple[Design, Plant]:
    """A spec without mistakes but in its routing."""
    done = compile_spec(str(path), settings or {})
    others = [d for d in done.diagnostics if not d.code.startswith("RW7")]
    assert not has_errors(others), others
    assert done.design is not None and done.plant is not None
    return done.design, done.plant


def edited(folder: Path, *edits: tuple[str, str]) -> tuple[Design, Plant]:
    """The Clos fabric with pieces of its text replaced; each must be there."""
    text = CLOS.read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "clos.rack"
    path.write_text(text)
    return built(path)


def with_network(design: Design, **changes: object) -> tuple[Design, Plant]:
    """A design whose first network has other attributes."""
    network = design.networks[0]
    attributes = NetworkAttributes.model_validate(dict(network.attributes) | changes)
    changed = design.model_copy(update={"networks": (network.model_copy(update={"attributes": attributes}),)})
    plant, problems = expand(changed)
    assert plant is not None, problems
    return changed, plant


def routed(design: Design, plant: Plant) -> Routing:
    """The one network of a design, which must have no mistake."""
    (routing,), told = plan(design, plant)
    assert not told
    return routing


def codes(design: Design, plant: Plant) -> list[str]:
    """Codes of the mistakes in the routing of a design."""
    return [d.code for d in plan(design, plant)[1]]


def rendered(backend: Backend, design: Design, plant: Plant, request: Request | None = None) -> dict[str, str]:
    """Every file of a backend that accepts the design."""
    request = request or Request(named=True)
    assert not has_errors(backend.accepts(design, plant, request))
    return {a.path: a.data.decode() for a in backend.render(design, plant, request)}


def block(text: str, start: str) -> list[str]:
    """The lines below the first line that reads so, as far as they are indented, without their indent."""
    lines: Iterable[str] = iter(text.splitlines())
    found: list[str] = []
    for line in lines:
        if line == start:
            break
    else:
        raise AssertionError(f"no line `{start}`")
    for line in lines:
        if not line.startswith(" "):
            break
        found.append(line.strip())
    return found
