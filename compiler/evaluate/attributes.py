"""Attributes of a spec to the pydantic model of their kind.

The schema's annotations say how a value is read (`schema.values`): a quantity of one dimension, one of
several words, a name pattern, an index expression, a block. The values are then what the model wants, so it is
made without validating them again; that a design equals what is read back from its JSON is tested.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ...dsl import syntax as s
from ...dsl import units
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...dsl.units import Quantity
from ..schema import values as v
from .mistake import collected, mistake, suggest
from .patterns import to_number
from .scope import Definition, Scope
from .values import Evaluator, kind_of

Entry = s.Attribute | s.NamedBlock

MOST = {
    units.POWER: Quantity.of(100, "GW"),
    units.RATE: Quantity.of(1000, "Tbps"),
    units.LENGTH: Quantity.of(1000, "km"),
    units.MASS: Quantity.of(10**6, "t"),
}
"""Largest quantities of an attribute: more is a slip of the finger, and their sums must fit 64 bits."""
MOST_OTHERS = 10**18
"""The same of every other dimension, in its base unit."""
ABSOLUTE_ZERO = Fraction("-273.15")
"""In degC."""
BELOW_ZERO = frozenset({units.TEMPERATURE, units.LOSS})
"""What may be negative."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an attribute's value may refer to: names of the enclosing arrays, besides the scope."""

    evaluator: Evaluator
    indices: Collection[str]


@dataclass(frozen=True, slots=True)
class Written:
    """An attribute as written, with the scope its names belong to."""

    entry: Entry
    scope: Scope


def build(
    model: type[BaseModel],
    written: Mapping[str, Written],
    context: Context,
    owner: Span,
    diagnostics: list[Diagnostic],
) -> tuple[Any, tuple[str, ...]]:
    """A model from what was written, and the names of the attributes marked `assumed` (in a block: `floor.tray`).

    Mistakes are added to `diagnostics`; the model is None if there were any.
    """
    before = len(diagnostics)
    found: dict[str, Any] = {}
    assumed: list[str] = []
    for name, item in written.items():
        with collected(diagnostics):
            found[name] = _field(model, name, item, context)
            if isinstance(item.entry, s.NamedBlock):
                assumed += [f"{name}.{key}" for key, entry in _attributes(item.entry.body).items() if _marked(entry)]
            elif _marked(item.entry):
                assumed.append(name)
    for name, field in model.model_fields.items():
        if field.is_required() and name not in written:
            diagnostics.append(
                mistake(
                    "RW2020", owner, f"`{name}` is not given", help=f"add `{name} = …`: {field.description}"
                ).diagnostic
            )
    if len(diagnostics) > before:
        return None, ()
    return model.model_construct(set(found), **(_defaults(model) | found)), tuple(sorted(assumed))


@cache
def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """What a model has where nothing is written: found once, since pydantic inspects each factory every time."""
    return {n: f.get_default(call_default_factory=True) for n, f in model.model_fields.items() if not f.is_required()}


def _marked(entry: Entry) -> bool:
    """Whether its writer calls the value a guess."""
    return isinstance(entry, s.Attribute) and entry.assumed


def places(written: Mapping[str, Written]) -> dict[str, Span]:
    """Where each attribute was written, by its name; those of a block also by `floor.tray`."""
    found: dict[str, Span] = {}
    for name in sorted(written):
        entry = written[name].entry
        found[name] = entry.span
        block = entry.body if isinstance(entry, s.NamedBlock) else getattr(entry.value, "block", None)
        if isinstance(block, s.Block):
            inside = _attributes(block)
            found.update({f"{name}.{key}": inside[key].span for key in sorted(inside)})
    return found


def _field(model: type[BaseModel], name: str, item: Written, context: Context) -> Any:
    field = model.model_fields.get(name)
    if field is None or name == "kind":
        known = [n for n in model.model_fields if n != "kind"]
        raise mistake("RW2004", item.entry.name.span, "this kind knows no such attribute", help=suggest(name, known))
    annotation: Any = field.annotation
    if field.metadata:
        annotation = Annotated[(annotation, *field.metadata)]
    return _entry(annotation, item.entry, item.scope, context)


def _entry(annotation: Any, entry: Entry, scope: Scope, context: Context) -> Any:
    """The value of an attribute, written after `=` or as a block."""
    if isinstance(entry, s.NamedBlock):
        return _block(annotation, entry.body, scope, context, entry.span)
    return _read(annotation, entry.value, scope, context)


def _options(annotation: Any) -> tuple[list[Any], tuple[Any, ...]]:
    """The alternatives of an annotation without None, and the metadata around them."""
    metadata: tuple[Any, ...] = ()
    if get_origin(annotation) is Annotated:
        annotation, *rest = get_args(annotation)
        metadata = tuple(rest)
    if get_origin(annotation) in (Union, types.UnionType):
        return [a for a in get_args(annotation) if a is not type(None)], metadata
    return [annotation], metadata


def _read(annotation: Any, expr: s.Expr, scope: Scope, context: Context) -> Any:
    options, metadata = _options(annotation)
    marks = {type(m): m for m in metadata}
    if len(options) == 1 and get_origin(options[0]) is Annotated:
        return _read(options[0], expr, scope, context)
    if v.Of in marks:
        value = _bounded(_quantity(expr, marks[v.Of].dim, scope, context), marks.get(v.Between), expr.span)
        if v.Share in marks and not 0 < value.value <= 1:
            raise mistake("RW2007", expr.span, f"this is {value}", help="more than 0 % and at most 100 %")
        if v.Positive in marks and value.value <= 0:
            raise mistake("RW2007", expr.span, f"this is {value}", help="more than nothing")
        return value
    if v.Shaped in marks:
        return _shaped(expr, marks[v.Shaped], scope, context)
    if v.Rows in marks:
        return _rows(options[0], expr, scope, context)
    if v.Pattern in marks:
        return _string(expr, scope, context)
    if v.Indexed in marks:
        return to_number(expr, context.indices, context.evaluator, scope)
    if v.Elements in marks:
        return _path_text(expr, scope, context)
    if v.Named in marks:
        return _definition(expr, scope, context)
    if v.Span2 in marks:
        return _rated(options[0], expr, marks[v.Span2].dim, scope, context)
    models = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel) and "kind" in o.model_fields]
    if models and all("kind" in model.model_fields for model in models):
        return _tagged(models, expr, scope, context)
    if models:
        raise mistake(
            "RW2007",
            expr.span,
            "this attribute is a block",
            help="write it as a block: its name, then `{ … }` without `=`",
        )
    if v.Word in marks:
        return _word(expr, marks[v.Word].choices, scope, context)
    lists = [o for o in options if get_origin(o) is list]
    if lists and (isinstance(expr, s.ListExpr) or len(options) == 1):
        items = expr.items if isinstance(expr, s.ListExpr) else (expr,)
        return [_read(get_args(lists[0])[0], item, scope, context) for item in items]
    plain = next(o for o in options if o not in lists)
    if get_origin(plain) is Annotated:
        return _read(plain, expr, scope, context)
    if plain is bool:
        return context.evaluator.truth(expr, scope)
    if plain is int:
        return _whole(context.evaluator.integer(expr, scope), marks.get(v.Between), expr.span)
    if plain is str:
        return _string(expr, scope, context)
    raise mistake(
        "RW2007", expr.span, "this attribute is a block", help="write it as a block: its name, then `{ … }` without `=`"
    )


def _quantity(expr: s.Expr, dim: units.Dimension, scope: Scope, context: Context) -> Quantity:
    value = context.evaluator.value(expr, scope)
    if not isinstance(value, Quantity):
        raise mistake("RW2007", expr.span, f"this is {kind_of(value)}, not {units.describe(dim)}")
    if value.dim != dim:
        raise mistake(
            "RW2006",
            expr.span,
            f"this is {units.describe(value.dim)}, but the attribute is {units.describe(dim)}",
            help=_unit_help(dim),
        )
    return sensible(value, expr.span)


def _whole(number: int, limits: v.Between | None, at: Span) -> int:
    low, high = (limits.low, limits.high) if limits else (0, MOST_OTHERS)
    if low <= number <= high:
        return number
    if limits:
        raise mistake("RW2007", at, f"this is {number}", help=f"{limits}")
    raise mistake("RW2007", at, f"this is {number}", help="0 or more" if number < 0 else f"at most {MOST_OTHERS}")


def _bounded(value: Quantity, limits: v.Between | None, at: Span) -> Quantity:
    """The same quantity, if it is a whole number of the unit that its limits are in, and between them."""
    if limits is None:
        return value
    count = value.value / Quantity.of(1, limits.unit).value
    if count.denominator != 1 or not limits.low <= count <= limits.high:
        whole = f" in whole {limits.unit}" if count.denominator != 1 else ""
        raise mistake("RW2007", at, f"this is {value}", help=f"{limits}{whole}")
    return value


def _shaped(expr: s.Expr, shape: v.Shaped, scope: Scope, context: Context) -> str:
    text = _string(expr, scope, context)
    if not shape.accepts(text):
        raise mistake("RW2007", expr.span, f"this is not {shape.what}", help=f'such as `"{shape.example}"`')
    return text


def _rows(annotation: Any, expr: s.Expr, scope: Scope, context: Context) -> list[Any]:
    """A table of models: a list of lists, the attributes of each in the order of the schema."""
    (model,) = get_args(annotation)
    names = list(model.model_fields)
    wanted = f"each row is [{', '.join(names)}]"
    if not isinstance(expr, s.ListExpr):
        raise mistake("RW2007", expr.span, "a list of rows is wanted here", help=wanted)
    found = []
    for row in expr.items:
        if not isinstance(row, s.ListExpr) or len(row.items) != len(names):
            raise mistake("RW2007", row.span, "this is not a row of the table", help=wanted)
        fields = {}
        for name, item in zip(names, row.items, strict=True):
            field = model.model_fields[name]
            own: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            fields[name] = _read(own, item, scope, context)
        found.append(model.model_construct(**fields))
    return found


def sensible(value: Quantity, at: Span) -> Quantity:
    """The same quantity, if a thing can have it; columns of 64-bit integers hold it then. Raises Mistake."""
    most = MOST.get(value.dim, Quantity(Fraction(MOST_OTHERS), value.dim))
    if abs(value.value) > most.value:
        raise mistake("RW2007", at, f"this is more than {most}")
    if value.value < 0 and value.dim not in BELOW_ZERO:
        raise mistake("RW2007", at, f"{value} is less than nothing")
    if value.dim == units.TEMPERATURE and value.value < ABSOLUTE_ZERO:
        raise mistake("RW2007", at, f"{value} is below absolute zero")
    if value.dim == units.RATE and (value.value == 0 or value.value.denominator != 1):
        raise mistake("RW2007", at, f"{value} is not a whole number of bits a second, 1 or more")
    return value


def _unit_help(dim: units.Dimension) -> str:
    names = [u for u, (_, d) in units.UNITS.items() if d == dim and u]
    return "units for it: " + ", ".join(f"`{n}`" for n in names[:8]) if names else ""


def _string(expr: s.Expr, scope: Scope, context: Context) -> str:
    value = context.evaluator.value(expr, scope)
    if not isinstance(value, str):
        raise mistake("RW2007", expr.span, f"this is {kind_of(value)}, not a string", help="put it in quotes")
    return value


def _word(expr: s.Expr, choices: tuple[str, ...], scope: Scope, context: Context) -> str:
    if not (isinstance(expr, s.Path) and expr.bare is not None):
        raise mistake(
            "RW2007", expr.span, "a bare word is wanted here", help=_choices(choices) or "write it without quotes"
        )
    word = expr.bare
    if choices and word in choices:
        return word
    value = context.evaluator.names.find(expr.steps[0].name, scope)
    if isinstance(value, str):
        word = value
    if choices and word not in choices:
        raise mistake(
            "RW2007",
            expr.span,
            f"`{word}` is not one of the words for this attribute",
            help=suggest(word, choices, _choices(choices)),
        )
    if not word.replace("_", "a").isalnum() or not word.isascii():
        raise mistake("RW2007", expr.span, "a word has letters, digits and `_` only")
    return word


def _definition(expr: s.Expr, scope: Scope, context: Context) -> str:
    value = context.evaluator.value(expr, scope)
    if not isinstance(value, Definition):
        raise mistake("RW2007", expr.span, f"this is {kind_of(value)}, not a definition")
    return value.name


def _choices(choices: tuple[str, ...]) -> str:
    return "one of " + ", ".join(f"`{c}`" for c in choices) if choices else ""


def _path_text(expr: s.Expr, scope: Scope, context: Context) -> str:
    """A path of elements as text, with its numbers worked out; it is resolved when the tree stands."""
    if not isinstance(expr, s.Path):
        raise mistake("RW2007", expr.span, "a path of elements is wanted here", help="such as `dc.pod[*].node[*]`")

    def written(index: s.Expr) -> str:
        if isinstance(index, s.Star):
            return "*"
        if isinstance(index, s.Range):
            return f"{context.evaluator.integer(index.low, scope)}..{context.evaluator.integer(index.high, scope)}"
        return str(context.evaluator.integer(index, scope))

    pieces = []
    for step in expr.steps:
        indices = ", ".join(written(index) for index in step.indices)
        pieces.append(step.name.text + (f"[{indices}]" if indices else ""))
    return ".".join(pieces)


def _rated(model: Any, expr: s.Expr, dim: units.Dimension, scope: Scope, context: Context) -> Any:
    if not (isinstance(expr, s.Rated) and isinstance(expr.value, s.Range)):
        raise mistake("RW2007", expr.span, "a range at a rate is wanted here", help="such as `1 MB .. 2 MB at 5 %`")
    low = _quantity(expr.value.low, dim, scope, context)
    high = _quantity(expr.value.high, dim, scope, context)
    if low.value > high.value:
        raise mistake("RW2007", expr.value.span, "the low end is above the high end")
    rate = _quantity(expr.rate, units.NUMBER, scope, context)
    if not 0 <= rate.value <= 1:
        raise mistake("RW2007", expr.rate.span, "a probability lies between 0 % and 100 %")
    options, _ = _options(model)
    return options[0].model_construct(low=low, high=high, probability=rate)


def _tagged(models: list[type[BaseModel]], expr: s.Expr, scope: Scope, context: Context) -> Any:
    """`ebgp { … }`, `infiniband`, `all_reduce 1 GiB`: the word picks the model."""
    if isinstance(expr, s.Path) and expr.bare is not None:
        tag, value, block = expr.steps[0].name, None, None
    elif isinstance(expr, s.Tagged):
        tag, value, block = expr.tag, expr.value, expr.block
    else:
        raise mistake("RW2007", expr.span, "a word is wanted here", help=_choices(tuple(_tags(models))))
    model = _tags(models).get(tag.text)
    if model is None:
        raise mistake(
            "RW2007", tag.span, "not one of the words for this attribute", help=suggest(tag.text, _tags(models))
        )
    found: dict[str, Any] = {"kind": tag.text}
    own = [n for n in model.model_fields if n != "kind"]
    if value is not None:
        if not own:
            raise mistake("RW2007", value.span, f"`{tag.text}` takes no value")
        field = model.model_fields[own[0]]
        annotation: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        found[own[0]] = _read(annotation, value, scope, context)
    if block is not None:
        found |= _entries(model, block, scope, context)
    for name in own:
        if model.model_fields[name].is_required() and name not in found:
            raise mistake("RW2020", expr.span, f"`{name}` is not given", help=f"{model.model_fields[name].description}")
    return model.model_construct(**found)


def _tags(models: list[type[BaseModel]]) -> dict[str, type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}
    for model in models:
        kind = model.model_fields["kind"]
        assert get_origin(kind.annotation) is Literal
        found.update({tag: model for tag in get_args(kind.annotation)})
    return found


def _block(annotation: Any, block: s.Block, scope: Scope, context: Context, at: Span) -> Any:
    options, _ = _options(annotation)
    for option in options:
        if get_origin(option) is dict:
            inner = get_args(option)[1]
            return {name: _entry(inner, item, scope, context) for name, item in _attributes(block).items()}
        if isinstance(option, type) and issubclass(option, BaseModel) and "kind" not in option.model_fields:
            found = _entries(option, block, scope, context)
            missing = [n for n, f in option.model_fields.items() if f.is_required() and n not in found]
            if missing:
                raise mistake(
                    "RW2020",
                    at,
                    f"`{missing[0]}` is not given",
                    help=f"add `{missing[0]} = …`: {option.model_fields[missing[0]].description}",
                )
            return option.model_construct(**found)
    raise mistake("RW2007", at, "this attribute is no block", help="write it as `name = …`")


def _attributes(block: s.Block) -> dict[str, Entry]:
    """Attributes and blocks of a block by name."""
    found: dict[str, Entry] = {}
    for statement in block.statements:
        if not isinstance(statement, s.Attributes | s.NamedBlock):
            raise mistake("RW1007", statement.span, "only attributes stand in this block")
        items: tuple[Entry, ...] = statement.items if isinstance(statement, s.Attributes) else (statement,)
        for item in items:
            if item.name.text in found:
                raise mistake("RW2002", item.span, "given twice", also=[(found[item.name.text].span, "first here")])
            found[item.name.text] = item
    return found


def _entries(model: type[BaseModel], block: s.Block, scope: Scope, context: Context) -> dict[str, Any]:
    return {name: _field(model, name, Written(item, scope), context) for name, item in _attributes(block).items()}
