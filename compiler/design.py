"""The design: everything a spec says, checked and typed, as large as the spec.

Elements are the members of the tree of assemblies and parts, arrays not unrolled: the 192 racks of a pod
are one element with one dimension. Relations are index rules between elements. Every fact keeps its span.
The design is frozen and equals what is read back from its own JSON.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import Field, model_validator

from ..dsl.source import Span
from .indices import Index
from .schema import (
    KINDS,
    AcceleratorAttributes,
    AssemblyAttributes,
    CableAttributes,
    CoolingAttributes,
    CouplingAttributes,
    CpuAttributes,
    HallAttributes,
    InletAttributes,
    Model,
    NetworkAttributes,
    NicAttributes,
    OcsAttributes,
    OpticAttributes,
    OutletAttributes,
    PartAttributes,
    PatchAttributes,
    PciAttributes,
    PortAttributes,
    RackAttributes,
    ServerAttributes,
    SupplyAttributes,
    SwitchAttributes,
    TrunkAttributes,
    WhipAttributes,
    WorkloadAttributes,
)
from .schema.values import AnyQuantity, Rate

Medium = Literal["link", "feed", "pipe", "place"]

ENDS = {"link": ("port", "port"), "feed": ("outlet", "inlet"), "pipe": ("coolant_out", "coolant_in")}
"""Kinds of terminal that each medium joins."""

AnyAttributes = Union[  # noqa: UP007 - pydantic reads it at run time
    AcceleratorAttributes,
    CpuAttributes,
    NicAttributes,
    ServerAttributes,
    SwitchAttributes,
    SupplyAttributes,
    CoolingAttributes,
    PatchAttributes,
    OcsAttributes,
    TrunkAttributes,
    PciAttributes,
    PartAttributes,
    PortAttributes,
    OutletAttributes,
    InletAttributes,
    CouplingAttributes,
    RackAttributes,
    HallAttributes,
    AssemblyAttributes,
]


def _of_kind(data: Any) -> Any:
    """Read attributes by the schema of their kind, which alone tells an inlet's from an outlet's."""
    if isinstance(data, dict) and isinstance(data.get("attributes"), dict) and data.get("kind") in KINDS:
        return {**data, "attributes": KINDS[data["kind"]].schema.model_validate(data["attributes"])}
    return data


class Dim(Model):
    """One dimension of an array: built size and reserved capacity; numbering goes over the capacity."""

    size: int
    capacity: int


class Segment(Model):
    """A piece of a name pattern: fixed text, or a value padded with zeros to a width."""

    text: str = ""
    value: Index | None = None
    width: int = 0


class Split(Model):
    """Cages `first..last` of a port array, each split into `count` ports of `speed`."""

    first: int
    last: int
    count: int
    speed: Rate


class Element(Model):
    """A member of the tree, standing for all elements of its array.

    `at` holds the bottom of each element of its own array, at capacity, above unit 1 of the rack, in micrometres
    (-1: not told).
    `stated` tells where each attribute was written, in the spec or in the catalog.
    `os` is the operating system in force (its own, else the nearest enclosing one's).
    """

    index: int
    parent: int | None
    name: str
    kind: str
    role: Literal["part", "assembly", "connector"]
    definition: str
    dims: tuple[Dim, ...] = ()
    attributes: AnyAttributes
    assumed: tuple[str, ...] = ()
    stated: dict[str, Span] = Field(default_factory=dict)
    at: tuple[int, ...] = ()
    os: str | None = None
    host_name: tuple[Segment, ...] = ()
    interface_names: dict[str, tuple[Segment, ...]] = Field(default_factory=dict)
    lane_names: dict[str, tuple[Segment, ...]] = Field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    doc: str = ""
    origin: Span

    _by_kind = model_validator(mode="before")(_of_kind)


class Media(Model):
    """An optic or cable that links are made with."""

    name: str
    kind: Literal["optic", "cable"]
    attributes: OpticAttributes | CableAttributes
    assumed: tuple[str, ...] = ()
    stated: dict[str, Span] = Field(default_factory=dict)
    doc: str = ""
    origin: Span

    _by_kind = model_validator(mode="before")(_of_kind)


class Whip(Model):
    """A power cable that feeds are made with."""

    name: str
    attributes: WhipAttributes
    assumed: tuple[str, ...] = ()
    stated: dict[str, Span] = Field(default_factory=dict)
    doc: str = ""
    origin: Span


class Lines(Model):
    """A file of the spec: `name` is what it is called wherever the design is compiled from (the spec's own file
    name, a path from its folder, `catalog/…`); `starts` the offset of each line's first character."""

    name: str
    starts: tuple[int, ...]


class Variable(Model):
    """An index of a rule: it takes the values `low … low + size - 1`, of `capacity` that are numbered."""

    name: str
    low: int = 0
    size: int
    capacity: int


class Step(Model):
    """One element on the way down, with an index for each of its own dimensions (a lane last, if split)."""

    element: int
    indices: tuple[Index, ...] = ()


class Within(Model):
    """An index of a view, of which `size` elements are built and `capacity` reserved.

    The steps of a rule name members only, so what lies outside of a view they would find all the same.
    """

    view: str
    index: Index
    size: int
    capacity: int
    origin: Span


class End(Model):
    """One side of a rule: the way from the scope down to a connector (or, for `place`, to an element)."""

    steps: tuple[Step, ...]
    within: tuple[Within, ...] = ()
    origin: Span

    @property
    def element(self) -> int:
        return self.steps[-1].element


class Rule(Model):
    """One relation, held in each instance of its scope, for each value of its variables.

    `options` are what it may be made with, first choice first: each the media at the two ends of a link (alike unless
    the spec says otherwise), or the whip of a feed twice. `tag` begins the identifiers of what it makes; it depends on
    what is joined, not on where the statement stands.
    """

    index: int
    medium: Medium
    scope: int
    variables: tuple[Variable, ...]
    where: Index | None = None
    a: End
    z: End | None = None
    options: tuple[tuple[str, str], ...] = ()
    network: str | None = None
    position: dict[str, Index] = Field(default_factory=dict)
    tag: str = ""
    origin: Span

    @property
    def using(self) -> tuple[str, str] | None:
        """What all that it makes is made with; None if it does not say, or leaves a choice."""
        return self.options[0] if len(self.options) == 1 else None


class Network(Model):
    name: str
    attributes: NetworkAttributes
    doc: str = ""
    origin: Span


class Workload(Model):
    """`ranks` is the accelerator element, of which `window` takes a part: the first index and how many, for each
    dimension from the root down. `stated` tells where each attribute was written.
    """

    name: str
    attributes: WorkloadAttributes
    ranks: int
    window: tuple[tuple[int, int], ...]
    stated: dict[str, Span] = Field(default_factory=dict)
    doc: str = ""
    origin: Span

    def at(self, *names: str) -> Span:
        """Where the first of these attributes that is written stands; else the workload's name."""
        return next((self.stated[name] for name in names if name in self.stated), self.origin)


Losing = Literal["feed", "breaker", "module", "pipe", "loop"]
"""Kinds of things that `survives` can lose without naming an element."""


class Measure(Model):
    """A quantity that the plant has, such as `peak_power(gpu_rack)`; `targets` are element indices.

    `losing` is set where not elements are lost but anything of a kind.
    """

    function: str
    targets: tuple[int, ...] = ()
    toward: tuple[int, ...] = ()
    like: tuple[int, ...] = ()
    lose: tuple[int, ...] = ()
    losing: Losing | None = None
    count: int = 0
    origin: Span


class Condition(Model):
    """An operator of a requirement; its operands are conditions, measures, quantities or truth values."""

    op: Literal["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "negate"]
    args: tuple[Term, ...]
    origin: Span


class Value(Model):
    """A constant of a requirement."""

    value: AnyQuantity | bool


Term = Annotated[Condition | Measure | Value, Field(union_mode="smart")]


class Requirement(Model):
    condition: Term
    message: str = ""
    text: str
    origin: Span


class Design(Model):
    """A whole design. `elements[0]` is the root; parents come before their members.

    `files` are all files that it was compiled from, by the name that spans carry.
    """

    name: str
    doc: str = ""
    compiler: str
    digest: str
    parameters: dict[str, str] = Field(default_factory=dict)
    elements: tuple[Element, ...]
    media: dict[str, Media] = Field(default_factory=dict)
    whips: dict[str, Whip] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    networks: tuple[Network, ...] = ()
    workloads: tuple[Workload, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    files: dict[str, Lines] = Field(default_factory=dict)

    def chain(self, element: int) -> tuple[Element, ...]:
        """The element and all that enclose it, root first."""
        found: list[Element] = []
        at: int | None = element
        while at is not None:
            found.append(self.elements[at])
            at = found[-1].parent
        return tuple(reversed(found))

    def children(self, element: int) -> tuple[Element, ...]:
        """The members of an element, in the order of the spec."""
        return tuple(e for e in self.elements if e.parent == element)

    def path(self, element: int) -> str:
        """Dotted names below the root, such as `pod.gpu.tor`; the root's own name for the root."""
        chain = self.chain(element)
        return ".".join(e.name for e in chain[1:]) or chain[0].name

    def device_of(self, element: int) -> int | None:
        """The outermost part that holds the element (itself if it is one), or None in an assembly."""
        return next((e.index for e in self.chain(element) if e.role == "part"), None)

    def rack_of(self, element: int) -> int | None:
        """The innermost rack that holds the element, or None."""
        return next((e.index for e in reversed(self.chain(element)) if e.kind == "rack"), None)

    def dims(self, element: int) -> tuple[Dim, ...]:
        """All dimensions from the root down."""
        return tuple(dim for e in self.chain(element) for dim in e.dims)
