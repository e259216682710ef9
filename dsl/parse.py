"""Text to syntax tree, with recovery: one run reports every independent mistake once.

The parser is Lark's LALR automaton, fed token by token. Before each statement its stacks are
remembered; at a mistake they are put back and the rest of that statement is passed over, together with any
block it opens, so one typo gives one message.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from . import syntax as s
from .build import Builder
from .diagnostics import Diagnostic, diagnose
from .lexer import significant
from .source import Source, Span

MAX_BYTES = 512 * 1024
"""Largest file that is read: the shipped 24,576-GPU design has about 3 kB."""

_MAX_MESSAGES = 50


@cache
def _parser() -> Lark:
    grammar = (files(__package__) / "grammar.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=["file", "expression"],
        postlex=_PostLex(),
        propagate_positions=True,
        maybe_placeholders=False,
        cache=_cache_file() or False,
    )


def _cache_file() -> str | None:
    """Where the tables of the automaton are kept between runs; building them takes longer than a small spec.

    Lark pickles them, so the folder must be ours alone: a private folder in the user's cache, or none.
    Lark itself checks that they belong to this grammar and this version of it.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(base, "rackwright")
    if not os.path.isabs(folder):
        return None
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        info = os.lstat(folder)
    except OSError:
        return None
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid() or info.st_mode & 0o022:
        return None
    return os.path.join(folder, f"grammar-{sys.version_info.major}.{sys.version_info.minor}.bin")


class _PostLex:
    """Lark's name for the stage between lexer and parser."""

    always_accept = ("BAD_STRING", "ILLEGAL")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return significant(stream)


@dataclass(frozen=True)
class Parsed:
    """A file's tree (with the statements that could be read) and what was wrong with the rest."""

    file: s.File
    diagnostics: tuple[Diagnostic, ...]


def tokens(source: Source) -> Iterator[Token]:
    """The tokens that the parser reads, line ends and tags settled."""
    return _parser().lex(source.text)


def parse(source: Source) -> Parsed:
    """Parse a whole file. Never raises for a user's mistake."""
    run = _Run(source, "file")
    run.feed_all(tokens(source))
    tree = run.finish()
    builder = Builder(source)
    file = builder.file(tree)
    return Parsed(file, tuple(run.diagnostics) + tuple(builder.diagnostics))


def parse_expression(source: Source) -> tuple[s.Expr | None, tuple[Diagnostic, ...]]:
    """Parse one expression (a `--set` value, the inside of `{…}` in a name pattern)."""
    run = _Run(source, "expression")
    run.feed_all(tokens(source))
    if run.diagnostics:
        return None, tuple(run.diagnostics)
    tree = run.finish()
    if run.diagnostics:
        return None, tuple(run.diagnostics)
    builder = Builder(source)
    expr = builder.expression(tree)
    return (None if builder.diagnostics else expr), tuple(builder.diagnostics)


_Stacks = tuple[list[int], list[object]]


class _Run:
    """One pass of the automaton over one source."""

    def __init__(self, source: Source, start: str) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self._machine: InteractiveParser = _parser().parse_interactive(start=start)
        self._recovers = start == "file"
        self._open: list[tuple[Token | None, _Stacks]] = []  # a brace, and the stacks before its statement
        self._at_start = True
        self._brackets = 0
        self._last: Token | None = None
        self._enter(None)

    def feed_all(self, tokens: Iterable[Token]) -> None:
        skip: int | None = None  # brace balance while a broken statement is passed over
        for token in tokens:
            if skip is not None:
                if token.type == "_NL" and skip == 0:
                    skip = None
                    self._at_start = True
                    continue
                if token.type == "LBRACE":
                    skip += 1
                elif token.type == "RBRACE":
                    skip -= 1
                if skip >= 0 or len(self._open) == 1:
                    skip = max(skip, 0)
                    continue
                skip = None
            if not self._feed(token):
                if not self._recovers or len(self.diagnostics) >= _MAX_MESSAGES:
                    return
                skip = 0
                self._brackets = 0
                if token.type == "_NL":
                    skip = None
                    self._at_start = True
                elif token.type == "RBRACE" and len(self._open) > 1:
                    skip = None
                    self._feed(token)
                elif token.type == "LBRACE":
                    skip = 1

    def _feed(self, token: Token) -> bool:
        """Feed one token; on a mistake say so, put the stacks back and return False."""
        kind = token.type
        if kind == "LPAR" or kind == "LSQB":
            self._brackets += 1
        elif kind == "RPAR" or kind == "RSQB":
            self._brackets -= 1
        deep = self._brackets > s.MAX_DEPTH or (kind == "LBRACE" and len(self._open) > s.MAX_DEPTH)
        try:
            if deep:
                self._say("RW1004", token, f"more than {s.MAX_DEPTH} levels", "split it into definitions of its own")
                self._restore()
                return False
            self._machine.feed_token(token)
        except UnexpectedToken:
            self._unexpected(token)
            self._restore()
            return False
        if self._at_start and kind != "_NL":
            state = self._machine.parser_state
            self._open[-1] = (self._open[-1][0], (state.state_stack[:-1], state.value_stack[:-1]))
            self._at_start = False
        if kind == "_NL":
            self._at_start = True
            self._brackets = 0
        elif kind == "LBRACE":
            self._enter(token)
        elif kind == "RBRACE":
            self._open.pop()
        self._last = token
        return True

    def _enter(self, brace: Token | None) -> None:
        state = self._machine.parser_state
        self._open.append((brace, (list(state.state_stack), list(state.value_stack))))
        self._at_start = True

    def _restore(self) -> None:
        state = self._machine.parser_state
        if not self._at_start:
            states, values = self._open[-1][1]
            state.state_stack[:] = states
            state.value_stack[:] = values
        self._at_start = True

    def finish(self) -> object:
        """The tree. Blocks left open are closed, with one message for the innermost."""
        if len(self._open) > 1 and not self.diagnostics:
            brace = self._open[-1][0]
            assert brace is not None
            self._say("RW1003", brace, "opened here and never closed", "add the missing `}`")
        try:
            if len(self._open) > 1 and not self._at_start:
                self._restore()
            while len(self._open) > 1:
                self._machine.feed_token(Token("RBRACE", "}"))
                self._open.pop()
            return self._end()
        except UnexpectedToken:
            if not self.diagnostics:
                end = len(self.source.text)
                span = Span(self.source.name, max(0, end - 1), end)
                if self._last is not None:
                    span = self._span(self._last)
                self.diagnostics.append(
                    diagnose("RW1001", span, "the text ends here", help=_expected(self._accepted()))
                )
            self._restore()
            self._open = self._open[:1]
            return self._end() if self._recovers else None

    def _end(self) -> object:
        return self._machine.feed_eof(self._last)  # type: ignore[no-untyped-call]

    def _accepted(self) -> set[str]:
        """Terminals that could have stood here, tried out: the table of a merged state lists more than it takes."""
        return set(self._machine.accepts())  # type: ignore[no-untyped-call]

    def _unexpected(self, token: Token) -> None:
        kind = token.type
        if kind == "BAD_STRING" and token.startswith('"""'):
            self._say("RW1002", token, "this text is not closed", 'end it with `"""`')
        elif kind == "BAD_STRING":
            self._say("RW1002", token, "this string is not closed", 'end it with `"` on the same line, or use `"""`')
        elif kind == "ILLEGAL":
            self._say("RW1005", token, "this character has no meaning here", _expected(self._accepted()))
        else:
            accepted = self._accepted()
            label = "the line ends too soon" if kind == "_NL" else "not expected here"
            if "NAME" in accepted and kind not in ("NAME", "TAG") and token.isidentifier():
                label = "a word of the language, so no name"
            self._say("RW1001", token, label, _expected(accepted))

    def _say(self, code: str, token: Token, label: str, help: str) -> None:
        self.diagnostics.append(diagnose(code, self._span(token), label, help=help))

    def _span(self, token: Token) -> Span:
        start = token.start_pos or 0
        end = start + 1 if token.type == "_NL" else token.end_pos or start + 1
        return Span(self.source.name, start, end)


_WORDS = {
    "NAME": "a name",
    "TAG": "a name",
    "NUMBER": "a number",
    "QUANTITY": "a quantity",
    "RATIO": "a ratio",
    "STRING": "a string",
    "_NL": "the end of the line",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "EQUAL": "`=`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "ARROW": "`->`",
    "DOTS": "`..`",
    "MEDIUM": "`link`, `feed` or `pipe`",
    "PLUS": "an operator",
    "MINUS": "an operator",
    "STAR": "an operator",
    "SLASH": "an operator",
    "DIV": "an operator",
    "MOD": "an operator",
    "AND": "an operator",
    "OR": "an operator",
    "NOT": "an expression",
    "COMPARE": "an operator",
    "TRUE": "an expression",
    "FALSE": "an expression",
    "$END": "the end of the file",
}


def _expected(kinds: Iterable[str]) -> str:
    """What could have stood here, most telling first, in words."""
    terminals = [kind for kind in kinds if kind.isupper() or kind.startswith("$") or kind == "_NL"]
    if {"NUMBER", "STRING", "TRUE"} <= set(terminals):
        values = {
            "NUMBER",
            "QUANTITY",
            "RATIO",
            "STRING",
            "TRUE",
            "FALSE",
            "NOT",
            "MINUS",
            "LPAR",
            "LSQB",
            "NAME",
            "TAG",
        }
        words = ["a value", *sorted({_WORDS.get(k, f"`{k.lower()}`") for k in terminals if k not in values})]
    else:
        words = sorted({_WORDS.get(kind, f"`{kind.lower()}`") for kind in terminals}, key=lambda w: (w[0] == "`", w))
    if len(words) > 8:
        words = [w for w in words if w != "an operator"][:8]
    if not words:
        return ""
    return "expected " + (words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1])
