"""Pieces grouped as the formatter prints them: levels of statements and comments, and blocks within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .scan import Comment, Piece
from .shape import Shape


@dataclass(slots=True)
class Block:
    """`{ … }`. `inline` if it stands on one line; `comment` trails the opening brace."""

    items: list[Item]
    inline: bool
    comment: str = ""


@dataclass(slots=True)
class Statement:
    """One statement; `kind` is its class in the syntax tree, `comment` trails its last piece."""

    kind: str
    parts: list[Piece | Block]
    blank: bool
    comment: str = ""

    @property
    def one_line(self) -> bool:
        """True if nothing in it asks for a second line."""
        return all(
            part.inline if isinstance(part, Block) else number == 0 or not (part.breaks or part.comments)
            for number, part in enumerate(self.parts)
        ) and not any(isinstance(part, Piece) and "\n" in part.text for part in self.parts)

    @property
    def opened(self) -> Block | None:
        """The block of several lines that ends it, if all before is one line."""
        *head, last = self.parts
        if isinstance(last, Block) and not last.inline and Statement(self.kind, head, False).one_line:
            return last
        return None

    @property
    def several(self) -> bool:
        """True for `a = 1, b = 2`, which has no columns."""
        return self.kind == "Attributes" and sum(isinstance(p, Piece) and p.type == "EQUAL" for p in self.parts) > 1


@dataclass(slots=True)
class Remark:
    """A comment on lines of its own."""

    text: str
    blank: bool


Item = Statement | Remark


@dataclass(slots=True)
class _Reader:
    pieces: Sequence[Piece]
    shape: Shape
    at: int = 0
    last: list[Statement] = field(default_factory=list)

    def level(self, block: Block) -> None:
        """Read items up to the brace that closes the block or the end of the file (neither is consumed)."""
        items = block.items
        while True:
            piece = self.pieces[self.at]
            for comment in piece.comments:
                self._comment(comment, block)
            if piece.type in ("RBRACE", "$END"):
                return
            items.append(self._statement())

    def _comment(self, comment: Comment, block: Block) -> None:
        last = block.items[-1] if block.items else None
        if comment.trails and isinstance(last, Statement):
            last.comment = comment.text
        elif comment.trails and last is None:
            block.comment = comment.text
        else:
            block.items.append(Remark(comment.text, comment.blank))

    def _statement(self) -> Statement:
        first = self.pieces[self.at]
        statement = Statement(self.shape.kinds[first.start], [], first.blank)
        while True:
            piece = self.pieces[self.at]
            if piece.type in ("RBRACE", "$END"):
                return statement
            self.at += 1
            if piece.type != "LBRACE":
                statement.parts.append(piece)
                if piece.ends:
                    return statement
                continue
            opened = self.at
            block = Block([], inline=False)
            self.level(block)
            self.at += 1
            inside = self.pieces[opened : self.at]
            block.inline = not any(p.breaks or p.comments or "\n" in p.text for p in inside)
            statement.parts.append(block)
            if inside[-1].ends:
                return statement


def read(pieces: Sequence[Piece], shape: Shape) -> list[Item]:
    """The top level of a file."""
    top = Block([], inline=False)
    _Reader(pieces, shape).level(top)
    return top.items
