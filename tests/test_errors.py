"""Every mistake is reported at its place and nothing else is.

`tests/errors/RW2001-name.rack` carries `# error: [RW2001]` (or warning, note, or several) at the end of each line on
which a message's main place lies; on a line of its own the marker means a message without a place. Beside it,
`RW2001-name.txt` is the text that a user sees, rewritten by `pytest --update`. A line `# set: name=value`
stands for `--set`, and `# only: frr sonic` asks these backends what they accept.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from support import accepted

from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.report import text
from rackwright.dsl.codes import CODES
from rackwright.dsl.diagnostics import Diagnostic

CASES = sorted((Path(__file__).parent / "errors").glob("RW*.rack"))

MARKERS = re.compile(r"#\s*(?:error|warning|note): \[.*$")
MARKER = re.compile(r"(error|warning|note): ((?:\[RW\d{4}\] ?)+)")

QUIET = {"RW0006", "RW7016"}
"""Codes that a small case may show besides its own: it leaves most of a data center out."""

WITHOUT_CASE = {
    "RW0001": "files that cannot be read are tests/unit/test_bad_input.py; modules have a case",
    "RW0002": "a file too large is tests/unit/test_bad_input.py",
    "RW0003": "a file that is no text is tests/unit/test_bad_input.py",
    **dict.fromkeys(
        (
            "RW0010",
            "RW0011",
            "RW0012",
            "RW0013",
            "RW0014",
            "RW0015",
            "RW0016",
            "RW0017",
            "RW0018",
            "RW0019",
            "RW0020",
            "RW0021",
            "RW0022",
            "RW0023",
        ),
        "the command line and its output directory, not a spec: tests/unit",
    ),
    "RW8232": "only a backend that was not asked for says it: tests/unit/test_slurm.py",
    "RW8220": "an installation without its files, not a spec: tests/unit/test_report.py",
    **dict.fromkeys(
        ("RW8109", "RW8110", "RW8121", "RW8123", "RW8170"),
        "only large or unnamed simulations say this: the shipped designs do, see `says` in tests/golden",
    ),
}
"""Codes that no spec in a repository can show, and where they are tested."""


def _marked(name: str, content: str) -> Counter[tuple[str, int, str]]:
    """File, line (0: no place) and `error[RW2001]` of every marker."""
    found: Counter[tuple[str, int, str]] = Counter()
    for number, line in enumerate(content.split("\n"), 1):
        start = MARKERS.search(line)
        if start is None:
            continue
        place = (name, number) if line[: start.start()].strip() else ("", 0)
        for severity, codes in MARKER.findall(start[0]):
            found.update((*place, f"{severity}[{code}]") for code in re.findall(r"RW\d{4}", codes))
    return found


def _reported(result: Compilation, diagnostics: list[Diagnostic]) -> Counter[tuple[str, int, str]]:
    found: Counter[tuple[str, int, str]] = Counter()
    for d in diagnostics:
        name, line = "", 0
        if d.at is not None:
            name = d.at.span.file
            line = result.sources[name].position(d.at.span.start)[0]
        found[name, line, f"{d.severity}[{d.code}]"] += 1
    return found


@pytest.mark.parametrize("case", CASES, ids=[c.stem for c in CASES])
def test_messages_are_where_the_markers_are(case: Path, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.parent)
    content = case.read_text("utf-8")
    code = case.name[:6]
    settings = dict(re.findall(r"^# set: (\w+)=(.*)$", content, re.M))
    result = compile_spec(case.name, settings)
    diagnostics = [d for d in result.diagnostics if d.code == code or d.code not in QUIET]
    only = re.search(r"^# only: (.*)$", content, re.M)
    if only is not None:
        diagnostics += accepted(result, only[1].split())

    marked = _marked(case.name, content)
    for name, source in result.sources.items():
        if name.startswith("modules/"):
            marked += _marked(name, source.text)
    assert any(code in entry[2] for entry in marked), f"no marker for {code} itself"
    assert _reported(result, diagnostics) == marked

    rendering = text.render(diagnostics, result.sources)
    beside = case.with_suffix(".txt")
    if update:
        beside.write_text(rendering, "utf-8")
    assert rendering == beside.read_text("utf-8")


def test_every_code_has_a_case() -> None:
    covered = {case.name[:6] for case in CASES}
    missing = sorted(set(CODES) - covered - set(WITHOUT_CASE))
    assert not missing, f"write tests/errors/<code>-….rack for {', '.join(missing)}"


def test_every_rendering_has_a_case() -> None:
    assert {c.stem for c in CASES} == {t.stem for t in (Path(__file__).parent / "errors").glob("*.txt")}
