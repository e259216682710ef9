"""What a backend is, and how one is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from .design import Design
    from .plant import Plant
    from .subset import Subset

GROUP = "rackwright.backends"
"""The entry-point group of backends, ours and everybody's."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of the output: a relative path with `/`, and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What to render.

    `named` says that the user asked for this backend by name: a switch backend then renders every switch if none has
    its `os`, not only those that have. A backend that writes a file a device renders the
    devices `i` with `i % shards == shard`; any other renders everything in shard 0 and nothing in the rest.
    `beside` are the names of all backends that the user asked for. `subset` is the part of the design that is wanted,
    None for all of it; only a backend that says `subsets = True` ever gets one.
    """

    named: bool = False
    shard: int = 0
    shards: int = 1
    beside: frozenset[str] = frozenset()
    subset: Subset | None = None


class Backend(Protocol):
    """One output family. Stateless: everything it needs arrives in the call.

    It may have more than this: `subsets = True` if it can write a part of a design (`Request.subset`), and what
    `Needing` says.
    """

    @property
    def name(self) -> str:
        """The word for `--only`."""

    @property
    def summary(self) -> str:
        """One line for `rackwright backends`."""

    @property
    def per_device(self) -> bool:
        """True if it writes a folder a device, so that its work can be sharded.

        Shards are rendered in forked processes, where Polars and whatever else has threads of its own must not be used.
        """

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        """What it cannot express: an error if nothing can be written, else a warning or a note. Never silence."""

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        """The files, in any order. Called only if `accepts` gave no error."""


@runtime_checkable
class Needing(Protocol):
    """A backend whose files point at those of other backends."""

    def needs(self, design: Design, plant: Plant, request: Request) -> Iterable[str]:
        """Names of these backends, which run too: with the same request, as if the user had named them."""
