"""Every example of the reference means what the text says.

A fenced block of `docs/reference/*.md` and `docs/tutorial/*.md` is marked by the words after its backticks:

- `rack`: a whole spec; it compiles without an error or a warning.
- `rack prelude=NAME`: the same, and it is the frame of the fragments of that name: each stands at its line `# …`.
- `rack fragment=NAME`: statements for a frame. It may leave what the frame declares unused or unlinked.
- `… error=RW3001`: exactly this one message.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from rackwright.compiler.pipeline import Compilation
from rackwright.dsl.diagnostics import Severity
from rackwright.dsl.format import format_source
from rackwright.dsl.source import Source

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "reference" / "language.md"]

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

UNUSED = {"RW2016", "RW4002", "RW5004"}
"""Warnings about the parts of a frame that a fragment does not touch."""

PRELUDES = {
    "top": "# …\nrack r { s : server { peak_power = 1 W } }\n",
}
"""Frames that no page shows."""

Spec = Callable[..., Compilation]


@dataclass(frozen=True)
class Block:
    """One fenced block: its page and line, the `key=value` words of its fence, its text."""

    page: Path
    line: int
    marks: dict[str, str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.stem}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The `rack` blocks of a page."""
    content = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(content):
        language, *words = match[1].split() or [""]
        if language == "rack":
            marks = dict(word.split("=", 1) for word in words)
            found.append(Block(page, content.count("\n", 0, match.start()) + 1, marks, match[2]))
    return found


BLOCKS = [block for page in PAGES for block in blocks(page)]


def _whole(block: Block) -> str:
    """A block as a complete spec."""
    name = block.marks.get("fragment")
    if name is None:
        return block.text
    frames = PRELUDES | {b.marks["prelude"]: b.text for b in BLOCKS if "prelude" in b.marks}
    assert "# …\n" in frames[name]
    return frames[name].replace("# …\n", block.text)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_block(block: Block, spec: Spec) -> None:
    """Compiles as its fence promises."""
    assert set(block.marks) <= {"fragment", "prelude", "error"}
    result = spec(_whole(block))
    spared = UNUSED if "fragment" in block.marks else set()
    found = [d for d in result.diagnostics if d.severity is not Severity.NOTE and d.code not in spared]
    expected = [block.marks["error"]] if "error" in block.marks else []
    assert [d.code for d in found] == expected, found


@pytest.mark.parametrize("block", [b for b in BLOCKS if not b.marks.keys() & {"fragment", "error"}], ids=str)
def test_block_is_formatted(block: Block) -> None:
    """A reader copies examples, so they are in the one style."""
    text, problems = format_source(Source("block.rack", block.text))
    assert not problems
    assert text == block.text


def test_reserved_words(spec: Spec) -> None:
    """The page lists exactly the words that cannot be names."""
    page = PAGES[0].read_text("utf-8")
    listed = re.findall(r"`(\w+)`", page[page.index("These words are no names") :].split("\n\n")[1])
    assert listed == sorted(listed)
    grammar = (ROOT / "dsl" / "grammar.lark").read_text("utf-8").split("// ", 2)[-1]
    words = set(re.findall(r'"([a-z]{2,})"', grammar)) | {"link", "feed", "pipe", "assumed", "div", "mod"}
    assert set(listed) == words
    for word in listed:
        assert spec(f"rack r {{ {word}[2] : server {{ peak_power = 1 W }} }}").plant is None, word


def test_kinds_of_each_role() -> None:
    """The table of roles names every kind."""
    from rackwright.compiler.schema import KINDS

    page = PAGES[0].read_text("utf-8")
    table = page[page.index("| role | kinds |") :].split("\n\n")[0]
    for line in table.splitlines()[2:]:
        role, words = line.split("|")[1].strip(), re.findall(r"`(\w+)`", line.split("|")[2])
        role = "media" if role == "medium" else role
        assert words == [k.name for k in KINDS.values() if k.role == role]


def test_limits() -> None:
    """The table of limits has the numbers of the code."""
    from rackwright.compiler import elaborate, paths, queries, relations, unroll, values
    from rackwright.dsl import parse, syntax

    page = PAGES[0].read_text("utf-8")
    table = page[page.index("## Limits") :]
    numbers = [int(n.replace(" ", "")) for n in re.findall(r"\| (\d[\d ]*)\b[^|]*\| RW", table)]
    assert numbers == [
        parse.MAX_BYTES // 2**20,
        syntax.MAX_DEPTH,
        values.MAX_BITS,
        elaborate.MAX_SIZE,
        relations.MAX_TIMES,
        elaborate.MAX_DEPTH,
        elaborate.MAX_ELEMENTS,
        elaborate.MAX_INSTANCES,
        unroll.MAX_DEVICES,
        relations.MAX_RULES,
        queries.MAX_ROWS,
        paths.MAX_VIEWS,
        63,
    ]


def test_measures() -> None:
    """The table of measures names every measure."""
    from rackwright.compiler.requirements import MEASURES

    page = PAGES[0].read_text("utf-8")
    table = page[page.index("| measure | is |") :].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)\(", table)) == set(MEASURES)


def test_codes_exist() -> None:
    """Every code that the reference names is a code, and has the severity that the text says."""
    from rackwright.dsl.codes import CODES

    for page in sorted((ROOT / "docs" / "reference").glob("*.md")):
        content = page.read_text("utf-8")
        assert set(re.findall(r"RW\d{4}", content)) <= set(CODES), page
        for code in re.findall(r"warning (RW\d{4})", content):
            assert CODES[code].severity == "warning"


def test_links_lead_somewhere() -> None:
    """Links between pages and to headings."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    for page in pages:
        content = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", content):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            where = (page.parent / path).resolve() if path else page
            assert where.exists(), f"{page.name}: {target}"
            if anchor:
                assert anchor in _anchors(where), f"{page.name}: {target}"


def _anchors(page: Path) -> set[str]:
    content = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = set(re.findall(r'<a id="([^"]+)">', content))
    for heading in re.findall(r"^#+ (.*)$", content, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.replace(" ", "-"))
    return found


def _script() -> ModuleType:
    path = ROOT / "scripts" / "kinds_reference.py"
    found = importlib.util.spec_from_file_location("kinds_reference", path)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date() -> None:
    """`docs/reference/kinds.md` and `units.md` are what the script makes of the schema."""
    script = _script()
    for name, make in script.PAGES.items():
        path = ROOT / "docs" / "reference" / name
        assert path.read_text("utf-8") == make(), f"run python scripts/kinds_reference.py for {name}"
