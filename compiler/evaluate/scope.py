"""Where names are looked up, and what they stand for.

A name in a definition is looked for among its template parameters and its own `let`s, then among the
`let`s, `param`s and definitions of its file. Values are worked out when first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...dsl import syntax as s
from ...dsl.source import Span
from ...dsl.units import Quantity
from ..schema import KINDS
from .load import Module, Program, catalog_modules
from .mistake import mistake, suggest


@dataclass(frozen=True, slots=True)
class Definition:
    """A declaration in its module."""

    module: Module
    declaration: s.Declaration

    @property
    def name(self) -> str:
        """Qualified name: `meta.servers.grand_teton`, or the bare name in the main file."""
        own = self.declaration.name.text
        return f"{self.module.name}.{own}" if self.module.name else own


@dataclass(frozen=True, slots=True)
class WordValue:
    """A bare word that names nothing, such as `sonic`."""

    text: str


Value = Quantity | bool | str | WordValue | Definition
"""What an expression can evaluate to."""


@dataclass
class Scope:
    """One place to look names up in: local values over a module.

    `values` are known; `pending` are `let`s still to be worked out, each with the scope it was written in.
    """

    module: Module
    values: dict[str, Value] = field(default_factory=dict)
    pending: dict[str, tuple[s.Expr, Scope]] = field(default_factory=dict)


@dataclass
class Names:
    """Look-up of names for one program with the parameters of this run."""

    program: Program
    settings: Mapping[str, Value]
    evaluate: Callable[[s.Expr, Scope], Value]
    _globals: dict[tuple[str, str], Value] = field(default_factory=dict)
    _busy: dict[tuple[str, str], Span] = field(default_factory=dict)

    def find(self, name: s.Name, scope: Scope) -> Value | None:
        """What a bare name stands for, or None."""
        text = name.text
        if text in scope.values:
            return scope.values[text]
        if text in scope.pending:
            expr, home = scope.pending[text]
            with self._entered((f"let {id(expr)}", text), expr.span):
                scope.values[text] = self.evaluate(expr, home)
            scope.pending.pop(text, None)
            return scope.values[text]
        return self._global(name, scope.module)

    @contextmanager
    def _entered(self, key: tuple[str, str], span: Span) -> Iterator[None]:
        """Work out one value. A circle is reported at the first of its members, wherever it was entered."""
        busy = list(self._busy)
        if key in busy:
            circle = busy[busy.index(key) :]
            spans = sorted(self._busy[k] for k in circle)
            raise mistake(
                "RW2010",
                spans[0],
                "this value needs itself",
                also=[(s, "through this") for s in spans[1:]],
                help="break the circle",
            )
        self._busy[key] = span
        try:
            yield
        finally:
            del self._busy[key]

    def _global(self, name: s.Name, module: Module) -> Value | None:
        declared = module.names.get(name.text)
        if declared is None:
            return None
        if isinstance(declared, s.Declaration):
            return Definition(module, declared)
        key = (module.key, name.text)
        if key in self._globals:
            return self._globals[key]
        is_main = module.key == self.program.main.key
        if isinstance(declared, s.Param) and is_main and name.text in self.settings:
            value: Value = self.settings[name.text]
        else:
            expr = declared.value if isinstance(declared, s.Let) else declared.default
            if expr is None:
                raise mistake(
                    "RW2020",
                    declared.span,
                    "this parameter has no value",
                    help=f"give it with `--set {name.text}=…` or write a default",
                )
            with self._entered(key, declared.name.span):
                value = self._default(expr, declared, Scope(module))
        self._globals[key] = value
        return value

    def _default(self, expr: s.Expr, declared: s.Let | s.Param, scope: Scope) -> Value:
        """A value; the default of a parameter may be a bare word, as what `--set` gives may."""
        if isinstance(declared, s.Param) and isinstance(expr, s.Path) and expr.bare is not None:
            found = self.find(expr.steps[0].name, scope)
            return expr.bare if found is None else found
        return self.evaluate(expr, scope)

    def member(self, names: tuple[s.Name, ...], scope: Scope) -> Value | None:
        """The `let` or `param` of a used module that a name such as `site.pitch` means, or None."""
        if len(names) != 2 or names[0].text not in scope.module.uses:
            return None
        module = self.module(names[0], scope)
        declared = module.names.get(names[1].text)
        return None if isinstance(declared, s.Declaration | None) else self._global(names[1], module)

    def definition(self, names: tuple[s.Name, ...], scope: Scope) -> Definition | None:
        """The definition that a dotted name means; None if it is the bare word of a kind.

        Raises Mistake if there is none.
        """
        first = names[0]
        if len(names) == 1:
            value = self.find(first, scope)
            if isinstance(value, Definition):
                return value
            if value is None and first.text in KINDS:
                return None
            if value is not None:
                raise mistake("RW2007", first.span, "this is a value, not a definition")
            known = [n for n, d in scope.module.names.items() if isinstance(d, s.Declaration)]
            qualified = [a for a, key in scope.module.uses.items() if first.text in self.program.modules[key].names]
            raise mistake(
                "RW2001",
                first.span,
                "no definition of this name",
                help=f"did you mean `{qualified[0]}.{first.text}`?"
                if qualified
                else suggest(first.text, [*known, *KINDS, *scope.module.uses], "declare it, or `use` its module"),
            )
        module = self.module(first, scope)
        if len(names) > 2:
            raise mistake("RW2001", names[2].span, "a module holds no further modules")
        declared = module.names.get(names[1].text)
        if not isinstance(declared, s.Declaration):
            known = [n for n, d in module.names.items() if isinstance(d, s.Declaration)]
            raise mistake(
                "RW2001",
                names[1].span,
                f"`{first.text}` has no definition of this name",
                help=suggest(names[1].text, known),
            )
        return Definition(module, declared)

    def module(self, name: s.Name, scope: Scope) -> Module:
        """The module behind an alias. Raises Mistake if there is none."""
        key = scope.module.uses.get(name.text)
        if key is None:
            fitting = [m for m in catalog_modules() if m.rpartition(".")[2] == name.text]
            help = " or ".join(f"`use {m}`" for m in fitting)
            raise mistake(
                "RW2001",
                name.span,
                "no module of this name is used here",
                help=f"add {help} at the top"
                if fitting
                else suggest(name.text, scope.module.uses, "add a `use` line at the top"),
            )
        return self.program.modules[key]

    def definitions(self) -> Iterator[Definition]:
        """All definitions of the main file."""
        main = self.program.main
        for declared in main.names.values():
            if isinstance(declared, s.Declaration):
                yield Definition(main, declared)
