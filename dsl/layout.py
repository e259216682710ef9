"""Items to lines: indents, spaces, columns.

Every statement stands on a line of its own, four spaces further in for each block. Line breaks inside a
statement stay where the writer put them. A block that was on one line stays there if the line fits.
Adjacent statements of a kind are set in columns (see `_SLOTS`), unless that would push a line out of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .items import Block, Item, Remark, Statement
from .scan import Piece
from .shape import Shape

WIDTH = 120
_INDENT = 4

_CLAUSES = {"USING": 2, "TIMES": 2, "FOR": 2, "WHERE": 2, "ON": 2}
_SLOTS: dict[str, tuple[dict[str, int], ...]] = {
    "Param": ({"EQUAL": 1},),
    "Let": ({"EQUAL": 1},),
    "Declaration": ({"IS": 1}, {"LBRACE": 1}),
    "Member": ({"COLON": 1}, {"AT": 2}, {"LBRACE": 1}),
    "Attributes": ({"EQUAL": 1, "LBRACE": 1},),
    "NamedBlock": ({"EQUAL": 1, "LBRACE": 1},),
    "Relation": ({"ARROW": 1}, _CLAUSES),
    "Place": ({"AT": 1}, _CLAUSES),
    "View": ({"EQUAL": 1}, {"FOR": 2}),
    "Split": ({"INTO": 1},),
    "Require": ({"ELSE": 2},),
}
"""Where the columns of a kind of statement begin: terminals that open each, and the least space before."""

_ALIKE = {"NamedBlock": "Attributes"}
"""Kinds that share columns: `mtu = 9100 B` and `pools { … }`."""

_JOINED = frozenset({"LPAR", "LSQB", "DOT"})  # no space after
_JOINS = frozenset({"RPAR", "RSQB", "DOT", "COMMA"})  # no space before
_OPENS = frozenset({"LPAR", "LSQB"})
_CLOSES = frozenset({"RPAR", "RSQB"})
_TOP = frozenset({"Declaration"})


@dataclass(slots=True)
class _Row:
    """A line cut at its columns: `cells[i]` is the text of slot i, with its least space."""

    cells: list[tuple[int, str]]

    def plain(self) -> str:
        return "".join(" " * gap + text for gap, text in self.cells if text)


class Layout:
    """Prints the items of one file."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def file(self, items: Sequence[Item]) -> str:
        """The whole text; a file that holds nothing is empty."""
        lines = self._level(items, 0)
        return "\n".join(lines) + "\n" if lines else ""

    # --- levels ---

    def _level(self, items: Sequence[Item], indent: int) -> list[str]:
        for item in items:
            if isinstance(item, Statement):
                self._fit(item, indent)
        lines: list[str] = []
        run: list[Statement] = []
        for item, blank in zip(items, _blanks(items, top=indent == 0), strict=True):
            columned = isinstance(item, Statement) and (item.one_line or item.opened is not None)
            if run and (blank or not columned or not isinstance(item, Statement) or not _alike(item, run[-1])):
                lines += self._run(run, indent)
                run = []
            if blank:
                lines.append("")
            if isinstance(item, Remark):
                lines.append(" " * indent + item.text)
            elif columned:
                run.append(item)
            else:
                lines += self._long(item, indent)
        return lines + self._run(run, indent)

    def _fit(self, statement: Statement, indent: int) -> None:
        """Open the blocks of a statement that does not fit in one line."""
        if statement.one_line and indent + len(self._row(statement).plain()) > WIDTH:
            for part in statement.parts:
                if isinstance(part, Block) and part.items:
                    part.inline = False

    def _run(self, run: Sequence[Statement], indent: int) -> list[str]:
        """Statements in columns; of one that ends in an open block, the line before the brace takes part."""
        rows = [self._row(statement) for statement in run]
        plain = [row.plain() for row in rows]
        texts = _columns(rows)
        if any(indent + len(text) > WIDTH >= indent + len(alone) for text, alone in zip(texts, plain, strict=True)):
            texts = plain
        lines: list[str] = []
        for text, statement in zip(texts, run, strict=True):
            lines.append(" " * indent + text)
            if statement.opened is not None:
                lines[-1] += " {" + _trailing(statement.opened.comment)
                lines += [*self._level(statement.opened.items, indent + _INDENT), " " * indent + "}"]
            lines[-1] += _trailing(statement.comment)
        return lines

    # --- one line ---

    def _row(self, statement: Statement) -> _Row:
        cells: list[tuple[int, str]] = [(0, "")]
        before: Piece | None = None
        slots = _Slots(statement.kind)
        for part in statement.parts:
            if part is statement.opened:
                break
            gap = slots.enter(part)
            if gap is not None:
                cells += [(0, "")] * (slots.current - len(cells))
                cells.append((gap, self._text(part)))
            else:
                least, text = cells[-1]
                space = " " if text and self._spaced(before, part) else ""
                cells[-1] = (least, text + space + self._text(part))
            before = part if isinstance(part, Piece) else None
        return _Row(cells)

    def _text(self, part: Piece | Block) -> str:
        if isinstance(part, Piece):
            return part.text
        inner = [self._row(item).plain() for item in part.items if isinstance(item, Statement)]
        return "{ " + inner[0] + " }" if inner else "{}"

    def _spaced(self, before: Piece | None, part: Piece | Block) -> bool:
        """True if a space stands between two neighbours (None: a block ends there)."""
        if isinstance(part, Block):
            return True
        if before is None:
            return part.type != "COMMA"
        if before.start in self._shape.signs or before.type in _JOINED or part.type in _JOINS:
            return False
        if part.type in _OPENS and before.type == "NAME":
            return False
        return before.start not in self._shape.tight and part.start not in self._shape.tight

    # --- several lines ---

    def _long(self, statement: Statement, indent: int) -> list[str]:
        lines = [" " * indent]
        before: Piece | None = None
        depth = 0
        slots = _Slots(statement.kind)
        for number, part in enumerate(statement.parts):
            gap = slots.enter(part)
            if isinstance(part, Block):
                lines[-1] += " "
                if part.inline:
                    lines[-1] += self._text(part)
                else:
                    lines[-1] += "{" + _trailing(part.comment)
                    lines += [*self._level(part.items, indent + _INDENT), " " * indent + "}"]
                before = None
                continue
            depth -= part.type in _CLOSES
            if number and (part.breaks or part.comments):
                inner = " " * (indent + _continued(statement, before, part, depth))
                for comment in part.comments:
                    if comment.trails:
                        lines[-1] += _trailing(comment.text)
                    else:
                        lines.append(inner + comment.text)
                lines.append(inner)
            elif gap is not None:
                lines[-1] += " " * gap
            elif number and self._spaced(before, part):
                lines[-1] += " "
            lines[-1] += part.text
            depth += part.type in _OPENS
            before = part
        lines[-1] += _trailing(statement.comment)
        return lines


class _Slots:
    """Finds where the columns of one statement begin."""

    def __init__(self, kind: str) -> None:
        self._openers = _SLOTS.get(kind, ())
        self._depth = 0
        self.current = 0

    def enter(self, part: Piece | Block) -> int | None:
        """The least space before the part if it opens a column, else None."""
        kind = "LBRACE" if isinstance(part, Block) else part.type
        self._depth -= kind in _CLOSES
        if self._depth == 0:
            for number in range(self.current, len(self._openers)):
                if kind in self._openers[number]:
                    self.current = number + 1
                    return self._openers[number][kind]
        self._depth += kind in _OPENS
        return None


def _columns(rows: Sequence[_Row]) -> list[str]:
    """The rows with each column beginning at the same place, pushed only by rows that have it."""
    texts = [row.cells[0][1] for row in rows]
    for number in range(1, max((len(row.cells) for row in rows), default=0)):
        having = [i for i, row in enumerate(rows) if number < len(row.cells) and row.cells[number][1]]
        start = max((len(texts[i]) + rows[i].cells[number][0] for i in having), default=0)
        for i in having:
            texts[i] = texts[i].ljust(start) + rows[i].cells[number][1]
    return texts


def _blanks(items: Sequence[Item], *, top: bool) -> list[bool]:
    """Whether an empty line stands before each item: the writer's own, and those around long declarations."""
    blanks = [item.blank for item in items]
    for number, item in enumerate(items):
        if top and isinstance(item, Statement) and item.kind in _TOP and not item.one_line:
            first = number  # comments directly above belong to the declaration
            while first and isinstance(items[first - 1], Remark) and not blanks[first]:
                first -= 1
            blanks[first] = True
            if number + 1 < len(items):
                blanks[number + 1] = True
    return [blank and number > 0 for number, blank in enumerate(blanks)]


def _alike(a: Statement, b: Statement) -> bool:
    return not (a.several or b.several) and _ALIKE.get(a.kind, a.kind) == _ALIKE.get(b.kind, b.kind)


def _continued(statement: Statement, before: Piece | None, part: Piece, depth: int) -> int:
    """How much further in a continued line begins: a list of attributes not at all, a closing bracket as its line."""
    if depth == 0 and before is not None and before.type == "COMMA" and statement.kind == "Attributes":
        return 0
    return _INDENT * (depth if part.type in _CLOSES else max(depth, 1))


def _trailing(comment: str) -> str:
    return f"  {comment}" if comment else ""
