"""Diagnostics as text: the form that the language's page promises, and lines that are hard to print."""

from __future__ import annotations

import re

from rackwright.compiler.report import RENDERERS, count_line
from rackwright.compiler.report.text import COLOR, render
from rackwright.dsl.diagnostics import Diagnostic, diagnose
from rackwright.dsl.source import Source, Span

LINE = "    link node[n].nic[r] -> tor.eth[8*n + r]   using optic.dac_400g"


def sources(*found: Source) -> dict[str, Source]:
    return {source.name: source for source in found}


def span(source: Source, text: str) -> Span:
    start = source.text.index(text)
    return Span(source.name, start, start + len(text))


def test_the_sketch() -> None:
    source = Source("specs/llama3_24k.rack", "\n" * 23 + LINE + "\n")
    diagnostic = diagnose(
        "RW3007",
        span(source, "node[n].nic[r]"),
        "400 Gbps, from nvidia/nics.rack:12",
        detail="here n = 0, r = 0: node[0].nic[0] and tor.eth[0]",
        help="use switches.minipack2_400g, whose ports are 400 Gbps",
        also=[(span(source, "tor.eth[8*n + r]"), "200 Gbps, from meta/switches.rack:31")],
    )
    assert render([diagnostic], sources(source)) == (
        "error[RW3007]: the two ends of this link differ in speed\n"
        "  --> specs/llama3_24k.rack:24:10\n"
        "   |\n"
        f"24 | {LINE}\n"
        "   |          ^^^^^^^^^^^^^^    ---------------- 200 Gbps, from meta/switches.rack:31\n"
        "   |          400 Gbps, from nvidia/nics.rack:12\n"
        "   |\n"
        "   = here n = 0, r = 0: node[0].nic[0] and tor.eth[0]\n"
        "   = help: use switches.minipack2_400g, whose ports are 400 Gbps\n"
        "   = explain: rackwright explain RW3007\n"
        "\n"
    )


def test_labels_in_other_lines_and_files() -> None:
    main = Source("a.rack", "one\ntwo\nthree\nfour\n")
    other = Source("b.rack", "here")
    diagnostic = diagnose(
        "RW2002", span(main, "four"), "again", also=[(span(main, "one"), "first"), (span(other, "here"), "and")]
    )
    assert render([diagnostic], sources(main, other)).splitlines()[1:] == [
        " --> a.rack:4:1",
        "  |",
        "1 | one",
        "  | --- first",
        "...",
        "4 | four",
        "  | ^^^^ again",
        "  |",
        " ::: b.rack:1:1",
        "  |",
        "1 | here",
        "  | ---- and",
        "  |",
        "  = explain: rackwright explain RW2002",
        "",
    ]


def test_three_labels_on_a_line_keep_their_columns() -> None:
    source = Source("a.rack", "aa bb cc dd\n")
    also = [(span(source, "aa"), "first"), (span(source, "cc"), "third")]
    lines = render([diagnose("RW2002", span(source, "bb"), "second", also=also)], sources(source)).splitlines()
    assert lines[3:7] == ["1 | aa bb cc dd", "  | -- ^^ -- third", "  | |  second", "  | first"]


def marked(text: str, what: str) -> tuple[str, str]:
    """The line of source and the line of marks."""
    source = Source("a.rack", text)
    lines = render([diagnose("RW1001", span(source, what), "x")], sources(source)).splitlines()
    return lines[3].partition(" | ")[2], lines[4].partition("| ")[2]


def test_tabs_and_wide_characters() -> None:
    assert marked("\ta\tb = 1", "b") == ("    a   b = 1", "        ^ x")
    assert marked("日本 = 字 1", "字") == ("日本 = 字 1", "       ^^ x")
    assert marked("e\u0301\u0301 = b", "b") == ("e\u0301\u0301 = b", "    ^ x")


def test_control_characters_cannot_reach_the_terminal() -> None:
    shown, marks = marked("a \x1b[31m\u202e b", "b")
    assert shown == "a �[31m� b"
    assert marks == "         ^ x"
    source = Source("\x1b]0;x\x07.rack", "a")
    text = render([Diagnostic("RW1001", "\x1b[2J\nsecond", help="\x9b")], sources(source))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_a_long_line_is_cut_around_its_place() -> None:
    shown, marks = marked("a" * 5000 + " b " + "c" * 5000, "b")
    assert len(shown) < 160
    assert shown.startswith("… a") and shown.endswith("c …")
    assert shown[marks.index("^")] == "b"
    shown, marks = marked("b " + "c" * 5000, "b")
    assert shown.startswith("b c") and marks == "^ x"
    shown, marks = marked("c" * 5000 + " b", "b")
    assert shown.endswith(" b") and shown[marks.index("^")] == "b"


def test_a_label_outside_the_cut_is_told_in_words() -> None:
    source = Source("a.rack", "a" + " " * 1000 + "b")
    also = [(span(source, "a"), "first")]
    text = render([diagnose("RW2002", span(source, "b"), "again", also=also)], sources(source))
    assert "(column 1: first)" in text


def test_places_at_the_edges() -> None:
    source = Source("a.rack", "ab\ncd")
    for start, end, marks in [(2, 3, "  ^ x"), (5, 5, "  ^ x"), (5, 9, "  ^ x"), (90, 99, "  ^ x"), (0, 5, "^^ x")]:
        lines = render([diagnose("RW1001", Span("a.rack", start, end), "x")], sources(source)).splitlines()
        assert lines[4] == f"  | {marks}", (start, end)
    assert "a.rack" in render([diagnose("RW1001", Span("a.rack", 0, 0), "x")], sources(Source("a.rack", "")))


def test_without_a_place_or_a_source() -> None:
    assert render([Diagnostic("RW0006", "power")], {}) == (
        "note[RW0006]: some media are left out and were not checked\n = power\n".replace(" =", "  =")
        + "  = explain: rackwright explain RW0006\n\n"
    )
    assert " --> gone.rack\n" in render([diagnose("RW1001", Span("gone.rack", 3, 4), "x")], {})


def test_color_only_adds_codes() -> None:
    source = Source("a.rack", LINE)
    diagnostic = diagnose("RW3007", span(source, "node[n]"), "a", also=[(span(source, "tor"), "b")], help="c")
    plain, colored = (render([diagnostic], sources(source), *style) for style in ((), (COLOR,)))
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert colored.count("\x1b[0m") * 2 == colored.count("\x1b[")
    assert RENDERERS["text"]([diagnostic], sources(source)) == plain


def test_count_line() -> None:
    found = [Diagnostic("RW1001"), Diagnostic("RW0006"), Diagnostic("RW1001")]
    assert count_line(found) == "2 errors, 1 note"
    assert count_line([]) == ""
