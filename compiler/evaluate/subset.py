"""The paths of `--subset`, read as the language reads a relation's side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...dsl import syntax as s
from ...dsl.diagnostics import Diagnostic
from ...dsl.parse import parse_expression
from ...dsl.source import Source, Span
from ..design import Design, Variable, Within
from ..subset import Selection, Subset
from .binders import Bound
from .bodies import Bodies
from .elaborate import Elaborator, Node
from .load import Program
from .mistake import Mistake, article, mistake
from .paths import Paths
from .program import read_settings
from .scope import Definition, Scope
from .values import Evaluator

MAX_ROWS = 10_000_000
"""Most elements that a path may name: as many as the largest array has."""


def read_subset(
    program: Program, settings: Mapping[str, str], design: Design, texts: Sequence[str]
) -> tuple[Subset | None, dict[str, Source], tuple[Diagnostic, ...]]:
    """The subset of a design that compiled, the sources that its messages point into, and RW0021 for every path that
    names nothing. The subset is None if there were mistakes."""
    sources = [Source("--subset" if len(texts) == 1 else f"--subset {n}", text) for n, text in enumerate(texts, 1)]
    nodes, evaluator = _tree(program, settings, design)
    paths = Paths(nodes, evaluator)
    selections: list[Selection] = []
    told: list[Diagnostic] = []
    for source in sources:
        try:
            selections.append(_selection(source, nodes, paths, evaluator, Scope(program.main)))
        except Mistake as error:
            told.append(error.diagnostic)
    found = None if told else Subset(tuple(texts), tuple(selections))
    return found, {source.name: source for source in sources}, tuple(told)


def _tree(program: Program, settings: Mapping[str, str], design: Design) -> tuple[list[Node], Evaluator]:
    """The elements once more, with the views that a design does not keep. It compiled, so nothing can go wrong."""
    evaluator = Evaluator(program, read_settings(program, settings, []))
    bodies = Bodies(evaluator, [])
    elaborator = Elaborator(evaluator, bodies, [])
    root = next(d for d in evaluator.names.definitions() if d.declaration.name.text == design.name)
    assert isinstance(root, Definition)
    name = root.declaration.name
    elaborator.root(bodies.instance(root, None, Scope(program.main)), name.text, name.span)
    return elaborator.nodes, evaluator


def _selection(source: Source, nodes: list[Node], paths: Paths, evaluator: Evaluator, scope: Scope) -> Selection:
    expression, problems = parse_expression(source)
    whole = Span(source.name, 0, len(source.text))
    if problems or expression is None:
        at = problems[0].at if problems else None
        raise mistake("RW0021", at.span if at else whole, at.text if at else "", help=_EXAMPLES)
    if not isinstance(expression, s.Path):
        raise mistake("RW0021", expression.span, "this is no path", help=_EXAMPLES)
    steps = expression.steps
    if steps[0].name.text == nodes[0].element.name and not steps[0].indices:
        steps = steps[1:]
    if not steps:
        return Selection((), ())
    bound: dict[str, Bound] = {}
    try:
        side = paths.side(s.Path(steps, expression.span), nodes[0], scope, bound)
        variables = tuple(
            Variable.model_construct(name=b.name, low=b.low, size=b.size, capacity=b.capacity) for b in bound.values()
        )
        end = paths.end(side, scope, {v.name: v for v in variables}, None)
    except Mistake as error:
        # What is wrong with a side of a relation is wrong here, under the code of the option.
        what = error.diagnostic
        at = what.at
        label = (at.text if at else "") or what.detail or what.summary
        inside = at is not None and at.span.file == source.name
        raise mistake("RW0021", at.span if at and inside else whole, label, help=what.help) from None
    last = nodes[end.element].element
    if last.role == "connector":
        named = f"this is {article(last.kind)} of a device, and no device"
        raise mistake("RW0021", side.pieces[-1].span, named, help=_EXAMPLES)
    if any(v.size > MAX_ROWS for v in variables) or np.prod([float(v.size) for v in variables]) > MAX_ROWS:
        raise mistake("RW0021", whole, f"this names more than {MAX_ROWS:,} elements")
    found = Selection(end.steps, variables)
    try:
        _check_range(found, end.within, nodes, whole)
    except OverflowError:
        raise mistake("RW0021", whole, "no array has so many elements") from None
    return found


_EXAMPLES = 'write a path such as "pod[0]", "pod[0].gpu[0..3]" or "pod[*].spine[0]"'


def _check_range(found: Selection, within: tuple[Within, ...], nodes: list[Node], at: Span) -> None:
    """A computed or constant index must be that of an element that is built, and of one that a view shows."""
    wanted = [(one.view, one.size, one.capacity, found.column(one.index)) for one in within]
    wanted += [
        (nodes[step.element].element.name, dim.size, dim.capacity, column)
        for step, columns in zip(found.steps, found.indices(), strict=True)
        for dim, column in zip(nodes[step.element].element.dims, columns, strict=True)
    ]
    for name, size, capacity, column in wanted:
        if not column.size:
            raise mistake("RW0021", at, f"`{name}` has no element")
        low, high = int(column.min()), int(column.max())
        if low < 0 or high >= size:
            wrong = low if low < 0 else high
            known = f"it is numbered 0..{size - 1}" if size else "it has no element"
            if size <= wrong < capacity:
                known += f", {wrong} is reserved and not built"
            raise mistake("RW0021", at, f"there is no `{name}[{wrong}]`: {known}")
