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

from rackwright.compiler.names import cable_ids, terminal_names
from rackwright.compiler.pipeline import Compilation
from rackwright.dsl.diagnostics import Severity
from rackwright.dsl.format import format_source
from rackwright.dsl.source import Source
from rackwright.dsl.units import POWER

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "reference" / f"{name}.md" for name in ("language", "networks")]

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


def _links(result: Compilation) -> set[tuple[str, str]]:
    """Both ends of every link, in words."""
    plant = result.plant
    assert plant is not None, result.diagnostics
    names: dict[int, list[str]] = {c.index: terminal_names(plant, c, "port") for c in plant.classes}

    def end(device: int, port: int) -> str:
        return f"{plant.devices.names[device]} {names[int(plant.devices.cls[device])][port]}"

    links = plant.links
    columns = (links.a_device, links.a_terminal, links.z_device, links.z_terminal)
    return {(end(a, b), end(c, d)) for a, b, c, d in zip(*(column.tolist() for column in columns), strict=True)}


def _fragment(spec: Spec, text: str) -> set[tuple[str, str]]:
    return _links(spec(_whole(Block(PAGES[0], 0, {"fragment": "hall"}, text + "\n"))))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("link leaf[l].eth -> spine[s].eth", "link leaf[l].eth[s] -> spine[s].eth[l]"),
        ("link leaf[*].eth -> spine[*].eth", "link leaf[l].eth[s] -> spine[s].eth[l]"),
        (
            "link leaf[l].eth -> spine[s].eth times 2",
            "link leaf[l].eth[2*s + t] -> spine[s].eth[2*l + t] for t in 0..1",
        ),
        ("link leaf[0].eth -> spine[0].eth", "link leaf[0].eth[0] -> spine[0].eth[0]"),
        ("link box[b].nic[0] -> leaf[0].eth[b]", "link box[b].nic[0].p -> leaf[0].eth[b]"),
        ("link leaf[0].eth[i] -> grid[0, i].eth[7] for i in 0..3", "link leaf[0].eth[i] -> grid[0, i].eth[7]"),
        (
            "view flat[8] = grid[*, *]\n link flat[i].eth[0] -> spine[0].eth[i]",
            "link grid[x, y].eth[0] -> spine[0].eth[4*x + y]",
        ),
        (
            "view plane[2, 2] = leaf[*]\n link plane[i, j].eth[0] -> spine[0].eth[2*i + j]",
            "link leaf[l].eth[0] -> spine[0].eth[l]",
        ),
        (
            "view top[1] = grid[1, 2..2]\n link top[0].eth[0] -> spine[0].eth[0]",
            "link grid[1, 2].eth[0] -> spine[0].eth[0]",
        ),
    ],
)
def test_two_ways_to_say_it(spec: Spec, short: str, long: str) -> None:
    """Where the page says that one form means another, they lay the same cables."""
    found = _fragment(spec, short)
    assert found
    assert found == _fragment(spec, long)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("link leaf[l].eth[0] -> spine[0].eth[l]", 4),
        ("link leaf[l].eth[4 + s] -> spine[s].eth[l]", 8),
        ("link leaf[i].eth[j] -> leaf[j].eth[i] where i < j", 6),
        ("link grid[x, y].eth[0] -> grid[x, (y + 1) mod 4].eth[1]", 8),
    ],
)
def test_counts(spec: Spec, text: str, count: int) -> None:
    """As many links as the comments beside the examples say."""
    assert text in re.sub(r" +", " ", PAGES[0].read_text("utf-8"))
    assert len(_fragment(spec, text)) == count


def test_host_names(spec: Spec) -> None:
    """The pattern of the page makes the names of the page."""
    (block,) = (b for b in BLOCKS if "lsw{net + 1:02}{leaf}" in b.text)
    plant = spec(block.text).plant
    assert plant is not None
    assert plant.devices.names[:3] == ["lsw010", "lsw011", "lsw020"]
    assert "lsw010, lsw011, lsw020" in block.text


def test_growth(spec: Spec) -> None:
    """Numbers over the capacity: more elements change nothing of those that are there."""
    text = (
        "switch sw { peak_power = 1 W\n eth[4] : port { speed = 1 Gbps } }\n"
        "rack r {\n a[%d of 4] : sw\n b[%d of 3] : sw\n link a[*].eth -> b[*].eth\n }\n"
    )
    before, after = spec(text % (2, 2)), spec(text % (3, 3))
    assert before.plant is not None and after.plant is not None
    assert _links(before) < _links(after)
    assert set(cable_ids(before.plant)) < set(cable_ids(after.plant))
    assert all(re.fullmatch(r"[A-Z][0-9A-Z]{3}-\d{4}", name) for name in cable_ids(after.plant))


def test_values(spec: Spec) -> None:
    """Values are what the comments beside them say."""
    cases = {
        "18 * 700 W + 2.5 kW": "15.1 kW",
        "1 / 3 * 3": "1",
        "100 div 8 + 1": "13",
        "-7 div 2": "-4",
        "-7 mod 3": "2",
        "1:7 * 7": "1",
        "5 %": "1 / 20",
        "10.2kW": "10.2 kW",
        "30 degC + 5 K": "35 degC",
        "30 degC - 20 degC": "10 K",
        "1 GiB": "1073741824 B",
        "2 OU": "96 mm",
        "600 W / 48 V": "12.5 A",
        "2.5e3": "2500",
        "1e-3 kW": "1 W",
        "1e+3": "1000",
        "1_000": "1000",
        "3 µs": "3000 ns",
        "(15.1 kW < 20 kW and 13 != 9)": "true",
    }
    for value, same in cases.items():
        frame = "rack r { s : server { peak_power = 1 W } }"
        result = spec(f"let a = {value}\nlet b = {same}\nrequire a == b\n{frame}")
        assert [d.code for d in result.diagnostics if d.severity is Severity.ERROR] == [], value


BOX = "server box { peak_power = 400 W }\n"
PORTS = "switch sw { peak_power = 300 W\n eth[4] : port { speed = 100 Gbps, max_split = 4 } }\n"

REFUSED = [
    # files and modules, text
    ('use generic.lab\nuse eia.racks as lab\nrack r { s : lab.rack_42ru }', ["RW2002"]),
    ('use "./none.rack"\nrack r { s : none.x }', ["RW0001"]),
    ('use "./test.rack" as me\nrack r { s : me.x }', ["RW2009"]),
    ("use generic.lab\nlet x = lab.y\nrack r { h : lab.lab_host }", ["RW2001"]),
    ('rack r { s : server { peak_power = 1 W\n model = "a\\q" } }', ["RW1006"]),
    ('rack r { s : server { peak_power = 1 W\n "late" } }', ["RW1007"]),
    # values
    ("let v = 30 degC + 20 degC\n" + BOX + "rack r { s : box }", ["RW2006"]),
    ("let v = 1 Gbps + 1 GB/s\n" + BOX + "rack r { s : box }", ["RW2006"]),
    ("let v = 1 < 2 < 3\n" + BOX + "rack r { s : box }", ["RW1001"]),
    ("let v = 2 Watt\n" + BOX + "rack r { s : box }", ["RW2005"]),
    ("let v = 7 kW div 2\n" + BOX + "rack r { s : box }", ["RW2006"]),
    (BOX + "rack r { s[7 / 2] : box }", ["RW2007"]),
    ("rack r { let n = n + 1\n s[n] : server { peak_power = 1 W } }", ["RW2010"]),
    ("param p\n" + BOX + "rack r { s[p] : box }", ["RW2020"]),
    # declarations and members
    (BOX + BOX + "rack r { s : box }", ["RW2002"]),
    ("rak r { }", ["RW2003"]),
    ("mode m { }\n" + BOX + "rack r { s : box }", ["RW2019"]),
    (BOX + "switch b is box { }\nrack r { s : b }", ["RW2011"]),
    ("rack r { r : r }", ["RW2010"]),
    ("server box(n) { peak_power = n * 1 W }\nrack r { s : box }", ["RW2012"]),
    ("rack r { s : port { speed = 1 Gbps } }", ["RW2011"]),
    ("rack r { s : server { k : rack { } } }", ["RW2011"]),
    (BOX + "rack r { s[3 of 2] : box }", ["RW2013"]),
    (BOX + "rack r { s[0] : box }", ["RW2013"]),
    (BOX + "rack r { s : box { peek = 1 } }", ["RW2004"]),
    (BOX + "rack r { s : box { n { peak_power = 1 W } } }", ["RW2004"]),
    (BOX + "rack r { s[3] : box at 1 RU, 3 RU }", ["RW2013"]),
    (BOX + "rack r { s[2, 2] : box at 1 RU + 2 RU * s }", ["RW2019"]),
    (BOX + "rack r { s : box at 0 RU }", ["RW2007"]),
    (BOX + "rack r { height = 4 RU\n s[2] : box { height = 2 RU } at 1 RU, 2 RU }", ["RW1001"]),
    (BOX + "rack r { height = 4 RU\n s[2] : box at 1 RU, 2 RU { height = 2 RU } }", ["RW6002"]),
    (BOX + "rack r { height = 4 RU\n s : box at 4 RU { height = 2 RU } }", ["RW6003"]),
    ("rack r { floor = 3 m }", ["RW2007"]),
    # relations
    (PORTS + "rack r { a[2] : sw\n link a[i].eth[0] -> a[i].eth[0] }", ["RW3014"]),
    (PORTS + "rack r { a[2] : sw\n link a[0].eth[0] -> a[1].eth[*] }", ["RW3005"]),
    (PORTS + "rack r { a[2] : sw\n link a[0] -> a[1].eth[0] }", ["RW3004"]),
    (PORTS + "rack r { a[2] : sw\n link a[0].eth[j div i] -> a[1].eth[j] for i in 1..1 }", ["RW2006"]),
    (PORTS + "let n = 1\nrack r { a[2] : sw\n link a[0].eth[n] -> a[1].eth[0] }", ["RW3006"]),
    (PORTS + "rack r { a[2] : sw\n link a[0].eth[i + 1] -> a[1].eth[0] }", ["RW3006"]),
    (PORTS + "rack r { a[2] : sw\n link a.eth[0] -> a[1].eth[0] }", ["RW3002"]),
    (PORTS + "rack r { a[2 of 3] : sw\n link a[0].eth[0] -> a[2].eth[0] }", ["RW3015"]),
    (PORTS + "rack r { a[2] : sw\n link a[i].eth[0] -> a[1 - i].eth[1] where i > 1 }", ["RW3013"]),
    (PORTS + "rack r { a[2] : sw\n link a[0].eth[0] -> a[1].eth times 2 }", ["RW3004"]),
    (PORTS + "rack r { a[2] : sw\n link a[0].eth -> a[1].eth times 2000 }", ["RW2013"]),
    # views and splits
    (PORTS + "rack r { a[2] : sw\n view v[3] = a[*]\n link v[0].eth[0] -> v[1].eth[0] }", ["RW3010"]),
    (PORTS + "rack r { a[2 of 4] : sw\n view v[2] = a[*]\n link v[0].eth[0] -> v[1].eth[0] }", ["RW3010"]),
    (PORTS + "rack r { a : sw { split eth[*] into 8 x 10 Gbps } }", ["RW3009"]),
    (PORTS + "rack r { a : sw { split eth[*] into 2 x 100 Gbps } }", ["RW3009"]),
    (PORTS + "rack r { a[2] : sw { split eth[0] into 2 x 50 Gbps }\n link a[0].eth -> a[1].eth }", ["RW3004"]),
    (PORTS + "rack r { a[2] : sw { split eth[0] into 2 x 50 Gbps }\n link a[0].eth[0] -> a[1].eth[1] }", ["RW3001"]),
    (PORTS + "rack r { a[2] : sw { split eth[0] into 2 x 50 Gbps }\n link a[0].eth[1, 1] -> a[1].eth[1] }", ["RW3001"]),
    # names
    (BOX + 'rack r { s[2] : box { name = "s" } }', ["RW2018"]),
    (BOX + 'rack r { s[2] : box { name = "s {s}" } }', ["RW2017"]),
    (BOX + 'group g { r : rack { s[2] : box { name = "{r}{s}" } } }', ["RW2017"]),
    # policies and requirements
    (BOX + "rack r { s : box }\nnetwork n { routing = none\n s : box }", ["RW1007"]),
    (BOX + "rack r { s : box }\nrequire weight(s) < 1 kg", ["RW7102"]),
    (BOX + "rack r { s : box }\nrequire count(s) == 2", ["RW7101"]),
    (BOX + "rack r { s : box }\nrequire oversubscription(s, s) < 2", ["RW2012"]),
    # the design
    (BOX, ["RW0005"]),
    (BOX + "rack r { s : box }\nrack q { s : box }\nrow k { a : q }", ["RW2016"]),
    ("cable c { speed = 1 Gbps, ends = [osfp], medium = dac, reach = 1 m, power = 0 W\n view v[1] = x }\n"
     + PORTS + "rack r { a[2] : sw\n link a[0].eth[0] -> a[1].eth[0] using c }", ["RW1007"]),
]  # fmt: skip
"""Claims of the page that have no example on it: what is refused, and how."""


@pytest.mark.parametrize(("text", "codes"), REFUSED)
def test_refused(spec: Spec, text: str, codes: list[str]) -> None:
    """Exactly these messages, notes aside."""
    found = [d for d in spec(text + "\n").diagnostics if d.severity is not Severity.NOTE]
    assert [d.code for d in found] == codes, found


HOLDS = [
    ("let n = 1\nrack r { let n = 2\n s[n] : server { peak_power = 1 W } }\nrequire count(s) == 2", {}),
    ("let w = 1\nrow q { k : rack { let w = 3\n s : server { peak_power = w * 1 W } } }\n"
     "require peak_power(q) == 3 W", {}),
    ("server a { let n = 3\n peak_power = n * 1 W }\nserver b is a { let m = 2 * n\n height = m * 1 RU }\n"
     "rack r { s : b }\nrequire peak_power(s) == 3 W", {}),
    ("param n = 1\nrack r { s[n] : server { peak_power = 1 W } }\nrequire count(s) == 2", {"n": "1 + 1"}),
    ("param w = 1 W\nrack r { s : server { peak_power = w } }\nrequire peak_power(s) == 3 kW", {"w": "3 kW"}),
    ('param w = "a"\nlet same = w == "eos"\nrack r { s : server { peak_power = 1 W } }\nrequire same', {"w": "eos"}),
    ("switch a { peak_power = 1 W\n m : port { speed = 1 Gbps, management = true }\n p : port { speed = 10 Gbps } }\n"
     "rack r { s[2] : a\n link s[0] -> s[1] }\nrequire bisection(r) == 10 Gbps", {}),
    (BOX + "rack r { s : box }\nrequire count(box) == 1 and not count(s) / 2 > 1 else \"no\"", {}),
]  # fmt: skip
"""Claims of the page that have no example on it: what is true, with the settings of `--set`."""


@pytest.mark.parametrize(("text", "settings"), HOLDS)
def test_holds(spec: Spec, text: str, settings: dict[str, str]) -> None:
    """No message; the requirement at the end holds."""
    found = [d for d in spec(text + "\n", settings).diagnostics if d.severity is not Severity.NOTE]
    assert not found


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
    from rackwright.compiler.evaluate import attributes, binders, elaborate, paths, relations, values
    from rackwright.compiler.expand import queries, unroll
    from rackwright.dsl import parse, syntax

    page = PAGES[0].read_text("utf-8")
    table = page[page.index("## Limits") :]
    numbers = [int(n.replace(" ", "")) for n in re.findall(r"\| (\d[\d ]*)\b[^|]*\| RW", table)]
    assert numbers == [
        parse.MAX_BYTES // 1024,
        syntax.MAX_DEPTH,
        values.MAX_BITS,
        attributes.MOST[POWER].to("GW"),
        elaborate.MAX_SIZE,
        relations.MAX_TIMES,
        elaborate.MAX_DEPTH,
        elaborate.MAX_ELEMENTS,
        elaborate.MAX_INSTANCES,
        unroll.MAX_DEVICES,
        unroll.MAX_RACKS,
        unroll.MAX_TERMINALS,
        relations.MAX_RULES,
        queries.MAX_ROWS,
        paths.MAX_VIEWS,
        binders.MAX_SHOWN,
        63,
    ]


def test_measures() -> None:
    """The table of measures names every measure."""
    from rackwright.compiler.evaluate.requirements import MEASURES

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


def test_rooms_exist() -> None:
    """Every file and folder that the page on architecture names is there."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    here = [*(ROOT / "dsl").rglob("*"), *(ROOT / "compiler").rglob("*"), *(ROOT / "backends").rglob("*")]
    known = {path.name for path in here} | {path.name + "/" for path in here if path.is_dir()}
    rooms = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    named = re.findall(r"`([a-z_]+(?:\.py|\.lark|/))`", rooms)
    assert len(named) > 40
    assert set(named) <= known


def test_index_names_every_page() -> None:
    """docs/README.md, or that of the page's folder, leads to it; to errors and decisions it links as folders."""
    docs = ROOT / "docs"
    linked = {
        (index.parent / target).resolve()
        for index in docs.rglob("README.md")
        for target in re.findall(r"\]\(([^)#]+)\)", index.read_text("utf-8"))
        if "://" not in target
    }
    pages = {p for p in docs.rglob("*.md") if p.relative_to(docs).parts[0] not in ("errors", "decisions", "README.md")}
    assert not sorted(p.relative_to(docs).as_posix() for p in pages - linked)


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
