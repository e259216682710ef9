"""Any text gives diagnostics and never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.report import RENDERERS
from rackwright.dsl.format import format_source, outline
from rackwright.dsl.parse import parse
from rackwright.dsl.source import Source

SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.rack"))

WORDS = (
    "rack r {", "hall h {", "group g is r {", "switch s(n, m = 2) {", "network n {", "workload w {", "}", "{", "[", "]",
    "(", ")", "a", "a[4]", "a[2 of 4]", ": s", ": parts.lab_switch", ": parts.lab_host", "at 3 OU", "= 3", "= 3 kW",
    "= frr", 'name = "x{a:03}"', "eth[16] : port { speed = 100 Gbps }", "link a[i].eth[j] -> a[j].eth[i]",
    "where i < j", "for i in 0..3", "times 2", "using optic.dac_100g", "to optic.fr4_400g",
    "place r[i] at row 0, bay i",
    "view v[4] = a[*]", "split eth[*] into 2 x 50 Gbps", "require count(a) <= 3", "feed a -> a", "pipe a -> a",
    "use generic.lab as parts", "use optics.ethernet as optic", "param p = 2", "let q = p * 2",
    "p", "q", "..", "->", ",",
    "div", "mod", "not", "true", "5 %", "1:7", "assumed", '"text"', '"""doc"""', "#", "\n", "\n", "\n", "\n",
)  # fmt: skip

BUSY = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=150)


def show(result: Compilation) -> None:
    """Every form of the diagnostics can be written, and a missing plant has a reason."""
    for render in RENDERERS.values():
        render(result.diagnostics, result.sources)
    assert result.plant is not None or any(d.severity == "error" for d in result.diagnostics)
    for d in result.diagnostics:
        assert d.summary
        for label in [d.at, *d.also]:
            if label is not None:
                assert 0 <= label.span.start <= label.span.end <= len(result.sources[label.span.file].text)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("robust") / "any.rack"


@given(st.text())
def test_any_text_is_parsed(text: str) -> None:
    parse(Source("any.rack", text))


@BUSY
@given(st.binary())
def test_any_bytes(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    show(compile_spec(str(file), {}))


@BUSY
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_words(file: Path, words: list[str]) -> None:
    file.write_text(" ".join(words), "utf-8")
    show(compile_spec(str(file), {}))


@BUSY
@given(st.sampled_from([p for p in SPECS if "catalog" not in p.parts]), st.data())
def test_a_design_with_one_thing_changed(file: Path, path: Path, data: st.DataObject) -> None:
    """A token dropped, doubled, replaced or swapped: most of them still parse, so this goes deep."""
    tokens = re.findall(r'"""[\s\S]*?"""|"[^"\n]*"|#[^\n]*|\w+|\s+|->|\.\.|[^\w\s]', path.read_text("utf-8"))
    places = [i for i, t in enumerate(tokens) if t.strip() and not t.startswith(('"""', "#"))]
    at = data.draw(st.sampled_from(places))
    match data.draw(st.sampled_from(["drop", "double", "replace", "other", "number"])):
        case "drop":
            tokens[at] = ""
        case "double":
            tokens[at] += " " + tokens[at]
        case "replace":
            tokens[at] = tokens[data.draw(st.sampled_from(places))]
        case "other":
            tokens[at] = data.draw(st.sampled_from(WORDS))
        case "number":
            tokens[at] = data.draw(st.sampled_from(["0", "1", "7", "1000000", "-1", "3 kW", "0.5", "1e9"]))
    file.write_text("".join(tokens), "utf-8")
    show(compile_spec(str(file), {}))


@pytest.mark.parametrize("path", SPECS, ids=[p.stem for p in SPECS])
def test_formatting_changes_no_meaning(path: Path) -> None:
    source = Source(path.name, path.read_text("utf-8"))
    text, problems = format_source(source)
    assert text is not None, problems
    assert outline(parse(Source(path.name, text)).file) == outline(parse(source).file)
    again, _ = format_source(Source(path.name, text))
    assert again == text


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_formatting_is_stable(words: list[str]) -> None:
    source = Source("any.rack", " ".join(words))
    text, problems = format_source(source)
    assert (text is None) == any(d.severity == "error" for d in problems)
    if text is not None:
        again, _ = format_source(Source("any.rack", text))
        assert again == text
