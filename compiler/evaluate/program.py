"""A loaded program to its design: values, tree, relations, policies, requirements."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from ...dsl import syntax as s
from ...dsl.diagnostics import Diagnostic, diagnose, has_errors
from ...dsl.parse import parse_expression
from ...dsl.source import Source, Span
from ..design import Design, Lines, Network, Requirement, Workload
from ..schema import KINDS, RESERVED_KINDS, ROOT_ORDER, WorkloadAttributes
from .attributes import Context, Written, build, places
from .binders import Bound
from .bodies import Bodies
from .elaborate import Elaborator, Node
from .load import CATALOG, Program
from .mistake import Mistake, article, collected, mistake, suggest
from .paths import Paths, Slot
from .relations import Relations
from .requirements import Requirements, asks
from .scope import Definition, Scope, Value
from .values import Evaluator


def compile_design(
    program: Program, settings: Mapping[str, str], compiler: str
) -> tuple[Design | None, tuple[Diagnostic, ...]]:
    """Evaluate a whole program. The design is None if there were errors."""
    diagnostics: list[Diagnostic] = []
    values = read_settings(program, settings, diagnostics)
    if has_errors(diagnostics):
        return None, tuple(diagnostics)
    return _Compiler(program, values, dict(settings), compiler, diagnostics).run()


def read_settings(program: Program, settings: Mapping[str, str], diagnostics: list[Diagnostic]) -> dict[str, Value]:
    """The values of `--set`, each an expression or, failing that, a word."""
    params = {n: d for n, d in program.main.names.items() if isinstance(d, s.Param)}
    found: dict[str, Value] = {}
    evaluator = Evaluator(program, {})
    for name, text in settings.items():
        if name not in params:
            diagnostics.append(
                diagnose("RW0004", None, detail=f"the spec has no parameter `{name}`", help=suggest(name, params))
            )
            continue
        source = Source(f"--set {name}", text)
        expr, problems = parse_expression(source)
        if expr is None:
            label = problems[0].at.text if problems and problems[0].at else ""
            diagnostics.append(diagnose("RW0004", None, detail=f"`{name}={text}`: {label}"))
            continue
        try:
            if isinstance(expr, s.Path) and expr.bare is not None:
                found[name] = expr.bare
            else:
                found[name] = evaluator.value(expr, Scope(program.main))
        except Mistake as error:
            what = error.diagnostic
            label = what.at.text if what.at else what.detail
            diagnostics.append(diagnose("RW0004", None, detail=f"`{name}={text}`: {label}", help=what.help))
    return found


class _Compiler:
    def __init__(
        self,
        program: Program,
        values: dict[str, Value],
        settings: dict[str, str],
        compiler: str,
        diagnostics: list[Diagnostic],
    ) -> None:
        self._program = program
        self._settings = settings
        self._compiler = compiler
        self._diagnostics = diagnostics
        self._evaluator = Evaluator(program, values)
        self._bodies = Bodies(self._evaluator, diagnostics)
        self._scope = Scope(program.main)
        self._sources = program.sources
        self._reached: set[str] = set()  # definitions that were elaborated somewhere

    def run(self) -> tuple[Design | None, tuple[Diagnostic, ...]]:
        self._check_top()
        self._check_constants()
        if any(d.code == "RW7101" for d in self._diagnostics):
            # A parameter out of its range makes a dozen other mistakes; the user's own words come first.
            return None, tuple(self._diagnostics)
        root = self._root()
        if root is None:
            return None, tuple(self._diagnostics)
        nodes = self._elaborate(root)
        if has_errors(self._diagnostics) or not nodes:
            self._check_others()
            self._check_parameters()
            return None, tuple(self._diagnostics)
        self._check_positions(nodes)
        paths = Paths(nodes, self._evaluator)
        for node in nodes:
            for name in node.body.views:
                with collected(self._diagnostics):
                    paths.view(node, name)
        networks = self._policies("network")
        relations = Relations(
            nodes,
            paths,
            self._evaluator,
            self._bodies,
            tuple(n.declaration.name.text for n in networks),
            self._snippet,
            self._diagnostics,
        )
        rules = relations.rules()
        requirements = self._requirements(Requirements(nodes, paths, self._evaluator, root.declaration.name.text))
        made_networks = tuple(n for d in networks if (n := self._network(d)) is not None)
        workloads = tuple(w for d in self._policies("workload") if (w := self._workload(d, paths, nodes)) is not None)
        self._check_others()
        self._check_parameters()
        if has_errors(self._diagnostics):
            return None, tuple(self._diagnostics)
        design = Design.model_construct(
            name=root.declaration.name.text,
            doc=_doc(self._program.main.file),
            compiler=self._compiler,
            digest=_digest(self._program),
            parameters=dict(sorted(self._settings.items())),
            elements=tuple(n.element for n in nodes),
            media=dict(sorted(relations.media.items())),
            whips=dict(sorted(relations.whips.items())),
            rules=rules,
            networks=made_networks,
            workloads=workloads,
            requirements=requirements,
            files=_files(self._program),
        )
        return design, tuple(self._diagnostics)

    def _snippet(self, span: Span) -> str:
        return self._sources[span.file].snippet(span)

    def _elaborate(self, definition: Definition) -> list[Node]:
        elaborator = Elaborator(self._evaluator, self._bodies, self._diagnostics)
        with collected(self._diagnostics):
            type_ = self._bodies.instance(definition, None, self._scope)
            elaborator.root(type_, definition.declaration.name.text, definition.declaration.name.span)
        self._reached.update(name for node in elaborator.nodes for name in node.lineage)
        return elaborator.nodes

    # --- the top of the file ---

    def _check_top(self) -> None:
        """Names declared twice, unknown kinds and statements that do not belong at the top, in every file."""
        for module in self._program.modules.values():
            seen: dict[str, Span] = {}
            for position, statement in enumerate(module.file.statements):
                if isinstance(statement, s.Declaration | s.Let | s.Param):
                    name = statement.name
                    if name.text in seen:
                        self._diagnostics.append(
                            diagnose(
                                "RW2002",
                                name.span,
                                "declared again",
                                also=[(seen[name.text], "first here")],
                                help="give one of them another name",
                            )
                        )
                    seen.setdefault(name.text, name.span)
                    if isinstance(statement, s.Declaration) and statement.kind.text not in KINDS:
                        self._unknown_kind(statement.kind)
                elif isinstance(statement, s.Docstring):
                    if position:
                        self._diagnostics.append(
                            diagnose("RW1007", statement.span, "a docstring is the first thing in a file or a block")
                        )
                elif not isinstance(statement, s.Use | s.Require):
                    self._diagnostics.append(
                        diagnose(
                            "RW1007",
                            statement.span,
                            "this stands inside a definition",
                            help="put it into an assembly, such as `building dc { … }`",
                        )
                    )

    def _check_constants(self) -> None:
        """Requirements that ask nothing of the plant are settled before anything is built."""
        for statement in self._program.main.file.statements:
            if not isinstance(statement, s.Require) or asks(statement.condition):
                continue
            with collected(self._diagnostics):
                if not self._evaluator.truth(statement.condition, self._scope):
                    message = statement.message.text if statement.message else ""
                    self._diagnostics.append(
                        diagnose("RW7101", statement.condition.span, "this does not hold", help=message)
                    )

    def _unknown_kind(self, kind: s.Name) -> None:
        if kind.text in RESERVED_KINDS:
            self._diagnostics.append(diagnose("RW2019", kind.span, f"`{kind.text}` is kept for later"))
        else:
            self._diagnostics.append(
                diagnose("RW2003", kind.span, "no kind is called this", help=suggest(kind.text, KINDS))
            )

    def _root(self) -> Definition | None:
        """The assembly that is the design: of those nothing else uses, the first kind of `ROOT_ORDER`."""
        assemblies = [
            d
            for d in self._evaluator.names.definitions()
            if d.declaration.kind.text in ROOT_ORDER and not any(p.default is None for p in d.declaration.parameters)
        ]
        mentioned = set()
        for statement in self._program.main.file.statements:
            if isinstance(statement, s.Declaration):
                mentioned |= set(_types(statement))
        free = [d for d in assemblies if d.declaration.name.text not in mentioned]
        for kind in ROOT_ORDER:
            chosen = [d for d in free if d.declaration.kind.text == kind]
            if len(chosen) == 1:
                return chosen[0]
            if chosen:
                first, second = chosen[0].declaration, chosen[1].declaration
                self._diagnostics.append(
                    diagnose(
                        "RW2015",
                        second.name.span,
                        "this one",
                        also=[(first.name.span, "or this one")],
                        help="make one a member of the other, or put both into a `site`",
                    )
                )
                return None
        if not has_errors(self._diagnostics):
            self._diagnostics.append(
                diagnose(
                    "RW0005",
                    None,
                    detail=f"{self._program.main.source.name} declares no assembly to build",
                    help="declare one, such as `rack r { … }` or `building dc { … }`",
                )
            )
        return None

    def _policies(self, kind: str) -> list[Definition]:
        return sorted(
            (d for d in self._evaluator.names.definitions() if d.declaration.kind.text == kind),
            key=lambda d: d.declaration.name.text,
        )

    def _network(self, definition: Definition) -> Network | None:
        made = self._policy(definition)
        if made is None:
            return None
        attributes, doc = made
        return Network.model_construct(
            name=definition.declaration.name.text,
            attributes=attributes,
            doc=doc,
            origin=definition.declaration.name.span,
        )

    def _workload(self, definition: Definition, paths: Paths, nodes: list[Node]) -> Workload | None:
        made = self._policy(definition)
        if made is None:
            return None
        attributes, doc = made
        assert isinstance(attributes, WorkloadAttributes)
        with collected(self._diagnostics):
            written = self._written(definition)
            _does_one_thing(attributes, written, definition.declaration.name.span)
            ranks, window = self._ranks(written["ranks"], paths, nodes)
            return Workload.model_construct(
                name=definition.declaration.name.text,
                attributes=attributes,
                ranks=ranks,
                window=window,
                stated=places(written),
                doc=doc,
                origin=definition.declaration.name.span,
            )
        return None

    def _policy(self, definition: Definition) -> tuple[object, str] | None:
        with collected(self._diagnostics):
            type_ = self._bodies.instance(definition, None, self._scope)
            body = self._bodies.merge(type_.layers, type_.kind)
            self._bodies.only_attributes(body, type_.kind)
            context = Context(self._evaluator, ())
            attributes, _ = build(
                KINDS[type_.kind].schema, body.attributes, context, definition.declaration.name.span, self._diagnostics
            )
            return None if attributes is None else (attributes, body.doc)
        return None

    def _ranks(self, written: Written, paths: Paths, nodes: list[Node]) -> tuple[int, tuple[tuple[int, int], ...]]:
        """The accelerators that a path names, and which of each array."""
        assert isinstance(written.entry, s.Attribute)
        path = written.entry.value
        assert isinstance(path, s.Path)
        steps = path.steps
        if steps[0].name.text == nodes[0].element.name:
            steps = steps[1:]
        if not steps:
            raise mistake("RW2011", path.span, "ranks are accelerators")
        # The path is read as a relation's side would be, so that a missing `[*]` or a typo is found.
        bound: dict[str, Bound] = {}
        side = paths.side(s.Path(steps, path.span), nodes[0], written.scope, bound)
        last = side.pieces[-1]
        seen = next((piece for piece in side.pieces if piece.view is not None), None)
        if seen is not None or last.node.element.kind != "accelerator":
            what = "a view" if seen is not None else article(last.node.element.kind)
            raise mistake(
                "RW2011",
                path.span,
                f"ranks are accelerators; this is {what}",
                help="name the accelerators by their members, not through a view",
            )
        window = [self._taken(slot, bound, written.scope) for piece in side.pieces for slot in piece.slots]
        return last.node.element.index, tuple(window)

    def _taken(self, slot: Slot, bound: Mapping[str, Bound], scope: Scope) -> tuple[int, int]:
        """First index and how many of an array a slot takes."""
        if slot.variable is not None:
            taken = bound[slot.variable]
            return taken.low, taken.size
        index = self._evaluator.integer(slot.expr, scope)
        if not 0 <= index < slot.dim.size:
            raise mistake("RW3001", slot.expr.span, f"this array is numbered 0..{slot.dim.size - 1}")
        return index, 1

    def _written(self, definition: Definition) -> dict[str, Written]:
        return dict(
            self._bodies.merge(self._bodies.instance(definition, None, self._scope).layers, "workload").attributes
        )

    def _requirements(self, reader: Requirements) -> tuple[Requirement, ...]:
        found = []
        source = self._program.main.source
        for statement in self._program.main.file.statements:
            if isinstance(statement, s.Require):
                with collected(self._diagnostics):
                    text = " ".join(source.snippet(statement.condition.span).split())
                    found.append(reader.requirement(statement, text, self._scope))
        return tuple(found)

    # --- what the tree did not reach, or what has no meaning where it stands ---

    def _check_positions(self, nodes: list[Node]) -> None:
        """A height belongs to a box in a rack; anywhere else it would be passed over in silence."""
        for node in nodes:
            element = node.element
            if not element.at:
                continue
            around = []
            above = element.parent
            while above is not None:
                around.append(nodes[above].element)
                above = around[-1].parent
            inside = any(e.role == "part" for e in around)
            if element.kind == "rack" or inside or not any(e.kind == "rack" for e in around):
                what = "it is inside a box" if inside else "no rack is around it"
                self._diagnostics.append(
                    diagnose(
                        "RW2011",
                        element.origin,
                        f"this has no height of its own: {what}",
                        help="give heights to the members of a rack; put racks on the floor with `place`",
                    )
                )

    def _check_others(self) -> None:
        """Definitions of the main file that the design does not reach: they are named, and read for mistakes.

        A definition can be out of reach because of a mistake elsewhere; its own mistakes are still said.
        """
        for definition in self._evaluator.names.definitions():
            declaration = definition.declaration
            kind = KINDS.get(declaration.kind.text)
            if kind is None or kind.role == "policy" or definition.name in self._reached:
                continue
            if definition.name not in self._bodies.used and not has_errors(self._diagnostics):
                self._diagnostics.append(
                    diagnose(
                        "RW2016",
                        declaration.name.span,
                        "nothing in the design is of this type",
                        help="remove it, or use it as a member",
                    )
                )
            if kind.role != "media" and all(p.default is not None for p in declaration.parameters):
                self._elaborate(definition)

    def _check_parameters(self) -> None:
        """Every `param` and `let` of the main file has a sound value, used or not."""
        for declared in self._program.main.names.values():
            if isinstance(declared, s.Param | s.Let):
                with collected(self._diagnostics):
                    self._evaluator.names.find(declared.name, self._scope)


def _types(declaration: s.Declaration) -> list[str]:
    """Names of the main file's definitions that a declaration mentions as base, member type or argument."""
    found = []

    def reference(ref: s.TypeRef) -> None:
        if len(ref.names) == 1:
            found.append(ref.names[0].text)
        for argument in ref.arguments:
            if isinstance(argument.value, s.Path) and argument.value.bare is not None:
                found.append(argument.value.bare)

    def block(body: s.Block | None) -> None:
        for statement in body.statements if body else ():
            if isinstance(statement, s.Member):
                reference(statement.type)
                block(statement.body)
            elif isinstance(statement, s.NamedBlock):
                block(statement.body)

    if declaration.base is not None:
        reference(declaration.base)
    for parameter in declaration.parameters:
        if isinstance(parameter.default, s.Path) and parameter.default.bare is not None:
            found.append(parameter.default.bare)
    block(declaration.body)
    own = declaration.name.text
    return [name for name in found if name != own]


def _does_one_thing(attributes: WorkloadAttributes, written: Mapping[str, Written], owner: Span) -> None:
    """Raises Mistake where a workload says nothing of what its ranks do, or two things, or half a thing."""
    if (attributes.collective is None) == (attributes.step is None):
        both = "step" in written
        raise mistake(
            "RW2021",
            written["step"].entry.span if both else owner,
            "a second thing" if both else "what do its ranks do?",
            help="write two workloads over the same ranks"
            if both
            else "add `collective = all_reduce 1 GiB`, or a `step`",
            also=[(written["collective"].entry.span, "the first")] if both else [],
        )
    if attributes.step is not None and attributes.model is None:
        raise mistake(
            "RW2020",
            written["step"].entry.span,
            "`model` is not given",
            help="add `model { … }`: the shape of the model that this is a step of",
        )


def _doc(file: s.File) -> str:
    first = file.statements[0] if file.statements else None
    return first.text.strip() if isinstance(first, s.Docstring) else ""


def _files(program: Program) -> dict[str, Lines]:
    """All files of a program; their names follow from how they lie beside each other alone."""
    home = os.path.dirname(program.main.key)
    found = {}
    for module in program.modules.values():
        shipped = module.key.startswith(CATALOG)
        name = module.key if shipped else Path(os.path.relpath(module.key, home)).as_posix()
        found[module.source.name] = Lines.model_construct(name=name, starts=tuple(module.source.line_starts))
    return dict(sorted(found.items()))


def _digest(program: Program) -> str:
    """SHA-256 over all sources, in the order of their names within the program."""
    digest = hashlib.sha256()
    modules = sorted(program.modules.values(), key=lambda m: (m.name, m.source.text))
    for module in modules:
        data = module.source.text.encode()
        digest.update(f"{module.name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()
