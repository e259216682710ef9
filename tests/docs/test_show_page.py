"""docs/reference/show.md shows what `rackwright show` prints of the spec of docs/explanation/by-hand.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reader import FENCE, Reader

from rackwright.compiler.trace import FIGURES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "reference" / "show.md"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    made = Reader(tmp_path_factory.mktemp("show"))
    block = re.search(r"```rack\n(.*?)```", (DOCS / "explanation" / "by-hand.md").read_text("utf-8"), re.S)
    assert block is not None
    (made.folder / "by-hand.rack").write_text(block[1], "utf-8")
    return made


def test_the_page(reader: Reader, update: bool) -> None:
    page = PAGE.read_text("utf-8")
    plain = re.sub(r"^```\n.*?^```$", "", page, count=1, flags=re.M | re.S)  # the forms of the command are no example
    followed = page.replace(plain[plain.index("## A rack") :], "") + reader.follow(plain[plain.index("## A rack") :])
    if update:
        PAGE.write_text(followed, "utf-8")
        return
    assert followed == page
    assert len(FENCE.findall(page)) == 3


def test_every_figure_is_told() -> None:
    """The table has each figure once, and no other."""
    table = PAGE.read_text("utf-8").partition("## The figures")[2]
    told = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(FIGURES)
