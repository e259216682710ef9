"""The syntax tree: frozen classes, each with the span it was read from.

The tree says what was written, not what it means: names are unresolved and numbers keep their unit
as text. `depth` on expressions bounds recursion in everything that walks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .source import Span

MAX_DEPTH = 100
"""Deepest expression or nesting of blocks that is accepted."""


@dataclass(frozen=True, slots=True)
class Name:
    """One identifier."""

    text: str
    span: Span


# --- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A literal such as `8`, `0.9`, `700 W`, `5 %`, `1:7` (then `unit` is empty) or `1 shelf`."""

    value: Fraction
    unit: str
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class String:
    """A string's text after escapes; `start` is the offset of its first character in the file."""

    text: str
    start: int
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Bool:
    value: bool
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class ListExpr:
    items: tuple[Expr, ...]
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Star:
    """`*` in brackets: an anonymous free index."""

    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Range:
    """`low .. high`, both ends included."""

    low: Expr
    high: Expr
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path with its brackets, if any."""

    name: Name
    indices: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    """`pod[p].gpu[k].tor`; a bare name is a path of one step."""

    steps: tuple[Step, ...]
    span: Span
    depth: int = 1

    @property
    def bare(self) -> str | None:
        """The name, if the path is one name without brackets."""
        return self.steps[0].name.text if len(self.steps) == 1 and not self.steps[0].indices else None

    @property
    def dotted(self) -> str | None:
        """`a.b.c`, if no step has brackets."""
        return None if any(s.indices for s in self.steps) else ".".join(s.name.text for s in self.steps)


@dataclass(frozen=True, slots=True)
class Argument:
    name: Name | None
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    function: Name
    arguments: tuple[Argument, ...]
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: str
    operand: Expr
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Binary:
    """`+ - * / div mod`, comparisons, `and`, `or`."""

    operator: str
    left: Expr
    right: Expr
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Parentheses, kept so that the formatter can print them back."""

    inner: Expr
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Rated:
    """`value at rate`, as in `1 MB .. 2 MB at 5 %`."""

    value: Expr
    rate: Expr
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Tagged:
    """A word with a value, a block, or both: `all_reduce 1 GiB`, `ebgp { … }`, `row 4*p`."""

    tag: Name
    value: Expr | None
    block: Block | None
    span: Span
    depth: int = 1


Expr = Number | String | Bool | ListExpr | Star | Range | Path | Call | Unary | Binary | Group | Rated | Tagged

# --- statements --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Docstring:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    """`use ocp.orv3`, `use "./site.rack" as site`; exactly one of `module` and `file` is set."""

    module: tuple[Name, ...]
    file: String | None
    alias: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Param:
    name: Name
    default: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    name: Name
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Name
    default: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A definition's dotted name and its arguments."""

    names: tuple[Name, ...]
    arguments: tuple[Argument, ...]
    span: Span

    @property
    def dotted(self) -> str:
        return ".".join(n.text for n in self.names)


@dataclass(frozen=True, slots=True)
class Block:
    statements: tuple[Statement, ...]
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Declaration:
    """`kind name(parameters) is base { … }`."""

    kind: Name
    name: Name
    parameters: tuple[Parameter, ...]
    base: TypeRef | None
    body: Block | None
    span: Span


@dataclass(frozen=True, slots=True)
class DimSpec:
    """`8` or `8 of 16`."""

    size: Expr
    capacity: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """`name[dims] : type at positions { overrides }`."""

    name: Name
    dims: tuple[DimSpec, ...]
    type: TypeRef
    at: tuple[Expr, ...]
    body: Block | None
    span: Span


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value`, possibly marked `assumed`."""

    name: Name
    value: Expr
    assumed: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Attributes:
    """Several attributes on one line, parted by commas."""

    items: tuple[Attribute, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class NamedBlock:
    """`pools { … }`: a block of attributes, or overrides for the member of that name."""

    name: Name
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Using:
    """`using part`, or `using part to part` where the two ends differ."""

    a: TypeRef
    z: TypeRef | None
    span: Span


@dataclass(frozen=True, slots=True)
class Times:
    count: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Binder:
    """`for i in 0..7`."""

    name: Name
    low: Expr
    high: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Where:
    condition: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class On:
    """`on frontend`: the network that the links of a statement belong to."""

    network: TypeRef
    span: Span


Clause = Using | Times | Binder | Where | On


@dataclass(frozen=True, slots=True)
class Relation:
    """`link`, `feed` or `pipe`: every source joined to every target."""

    medium: Name
    sources: tuple[Path, ...]
    targets: tuple[Path, ...]
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Place:
    target: Path
    positions: tuple[Expr, ...]
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class View:
    """`view chip[4, 4] = tray[i div 2].chip[i mod 2, j] for i in 0..3 for j in 0..3`; its clauses are all `for`."""

    name: Name
    dims: tuple[DimSpec, ...]
    target: Path
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Split:
    """`split eth[0..31] into 2 x 400 Gbps`."""

    target: Path
    count: Expr
    rate: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Require:
    condition: Expr
    message: String | None
    span: Span


Statement = (
    Docstring
    | Use
    | Param
    | Let
    | Declaration
    | Member
    | Attributes
    | NamedBlock
    | Relation
    | Place
    | View
    | Split
    | Require
)


@dataclass(frozen=True, slots=True)
class File:
    """A whole file; `doc` is its first string."""

    statements: tuple[Statement, ...]
    span: Span
