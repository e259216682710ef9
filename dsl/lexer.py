"""From text to the tokens that the parser reads.

Lark's basic lexer cuts the text; this stage then decides which line ends count and marks tags. Line ends
inside `(` and `[` do not count, nor do those after an operator or before a word that continues a
statement (`using`, `where`, …), so a long relation may be broken over lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token

CONTINUES = frozenset({"USING", "TIMES", "FOR", "WHERE", "ELSE", "ON", "ARROW", "OR", "AND"})
"""Terminals that continue the line before them."""

_OPENS = frozenset({"LPAR", "LSQB"})
_CLOSES = frozenset({"RPAR", "RSQB"})
_AFTER = frozenset(
    "COMMA EQUAL PLUS MINUS STAR SLASH DIV MOD COMPARE OR AND NOT IS INTO USING TO AT FOR IN WHERE TIMES ELSE ON "
    "COLON ARROW DOTS DOT OF".split()
)
"""Terminals after which a statement cannot end, so a line end is not its end."""

_VALUES = frozenset({"NAME", "NUMBER", "QUANTITY", "STRING", "RATIO"})


def significant(tokens: Iterator[Token]) -> Iterator[Token]:
    """Drop line ends that do not end a statement; turn a NAME before a value into a TAG."""
    depth = 0
    held: Token | None = None  # a NAME that may become a TAG
    newline: Token | None = None  # the first of a run of line ends
    last = ""
    for token in tokens:
        kind = token.type
        if kind == "_NL":
            if depth == 0 and newline is None:
                newline = token
            continue
        if newline is not None:
            ends = last not in _AFTER and kind not in CONTINUES
            if held is not None:
                yield _tag(held) if not ends and kind in _VALUES else held
                held = None
            if ends:
                yield newline
            newline = None
        if held is not None:
            yield _tag(held) if kind in _VALUES else held
            held = None
        if kind in _OPENS:
            depth += 1
        elif kind in _CLOSES:
            depth = max(0, depth - 1)
        elif kind in ("LBRACE", "RBRACE"):
            depth = 0  # an unclosed bracket ends where a block begins or ends
        last = kind
        if kind == "NAME":
            held = token
        else:
            yield token
    if held is not None:
        yield held
    if newline is not None:
        yield newline


def _tag(token: Token) -> Token:
    return Token.new_borrow_pos("TAG", token, token)
