"""Diagnostics as JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json

from rackwright.compiler.report import RENDERERS
from rackwright.dsl.codes import CODES
from rackwright.dsl.diagnostics import Diagnostic, diagnose
from rackwright.dsl.source import Source, Span

SOURCE = Source("specs/a b.rack", "one\ntwo é three\nfour\n")
SOURCES = {SOURCE.name: SOURCE}
THREE = Span(SOURCE.name, 10, 15)
FOUND = [
    diagnose("RW3005", THREE, "again", detail="n = 0", help="do", also=[(Span(SOURCE.name, 0, 3), "first")]),
    diagnose("RW2016", Span(SOURCE.name, 4, 20)),
    Diagnostic("RW0006", "power"),
    diagnose("RW3005", Span("gone.rack", 5, 6), "there"),
]


def test_json() -> None:
    document = json.loads(RENDERERS["json"](FOUND, SOURCES))
    assert document["version"] == 1
    first, _, third, fourth = document["diagnostics"]
    assert first == {
        "code": "RW3005",
        "severity": "error",
        "summary": CODES["RW3005"].summary,
        "detail": "n = 0",
        "help": "do",
        "at": {
            "file": SOURCE.name,
            "start": {"line": 2, "column": 7, "offset": 10},
            "end": {"line": 2, "column": 12, "offset": 15},
            "label": "again",
        },
        "also": [
            {
                "file": SOURCE.name,
                "start": {"line": 1, "column": 1, "offset": 0},
                "end": {"line": 1, "column": 4, "offset": 3},
                "label": "first",
            }
        ],
    }
    assert third["at"] is None
    assert fourth["at"]["start"] == {"offset": 5}


def test_json_of_nothing() -> None:
    assert json.loads(RENDERERS["json"]([], {})) == {"version": 1, "diagnostics": []}


def test_sarif() -> None:
    log = json.loads(RENDERERS["sarif"](FOUND, SOURCES))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["RW0006", "RW2016", "RW3005"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == CODES[result["ruleId"]].severity
        assert result["message"]["text"]
    first, second, third, fourth = run["results"]
    (location,) = first["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "specs/a%20b.rack"
    region = location["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (2, 7, 2, 12)
    assert SOURCE.text[region["charOffset"] :][: region["charLength"]] == "three"
    assert first["relatedLocations"][0]["message"]["text"] == "first"
    assert second["locations"][0]["physicalLocation"]["region"]["endLine"] == 3
    assert "locations" not in third
    assert "region" not in fourth["locations"][0]["physicalLocation"]


def test_github() -> None:
    first, second, third, _ = RENDERERS["github"](FOUND, SOURCES).splitlines()
    assert first == (
        "::error file=specs/a b.rack,line=2,endLine=2,col=7,endColumn=12,"
        f"title=RW3005%3A {CODES['RW3005'].summary}::again%0An = 0%0Ahelp: do"
    )
    assert second.startswith("::warning file=specs/a b.rack,line=2,endLine=3,title=")
    assert third.startswith("::notice title=RW0006")


def test_github_escapes() -> None:
    name = "a,b:c%d\r\n.rack"
    (line, *rest) = RENDERERS["github"](
        [diagnose("RW1001", Span(name, 0, 1), "100 %\r\n::error::x, y: z")], {name: Source(name, "a")}
    ).splitlines()
    assert not rest
    assert "file=a%2Cb%3Ac%25d%0D%0A.rack,line=1" in line
    assert line.endswith("::100 %25%0D%0A::error::x, y: z")
