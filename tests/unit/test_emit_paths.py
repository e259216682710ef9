"""Paths of artifacts: no backend can write outside the output directory or over another's file."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.emitting import STAMP, Fake, only, tree, work, write

from rackwright.compiler.emit import emit
from rackwright.compiler.failure import Bug

BAD = [
    "", "/etc/passwd", "../x", "a/../x", "a/..", "./a", "a/./b", "a//b", "a/", "/", ".", "..", "a\\b", "a\0b",
    "a\nb", "a\x7fb", "a\x85b", "x" * 256, "é" * 128, "a/" + "x" * 256, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("path", BAD, ids=ascii)
def test_a_bad_path_is_a_bug(tmp_path: Path, path: str) -> None:
    with pytest.raises(Bug, match="backend fake"):
        write(tmp_path / "build", {path: b"x"})
    assert only(tmp_path) == []


@pytest.mark.parametrize("path", ["a", "x" * 255, "é" * 127, "a b/c,d;e", "...", "-", "日本/字", "a.b/..c"])
def test_a_good_path(tmp_path: Path, path: str) -> None:
    assert write(tmp_path / "build", {path: b"x"}).diagnostics == ()
    assert tree(tmp_path / "build") == {path: b"x"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a", "a"),
        ("d/A.csv", "d/a.csv"),
        ("straße", "STRASSE"),
        ("\u00e9", "e\u0301"),
        ("a", "a/b"),
        ("A", "a/b/c"),
        ("a/b/c", "a/B"),
        ("x", "manifest.json"),
        ("x", "Manifest.JSON"),
        ("x", "manifest.json/y"),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_a_clash_is_a_bug(tmp_path: Path, one: str, two: str, again: bool) -> None:
    out = tmp_path / "build"
    if again:  # the clash must also be seen if one of the files is kept
        write(out, {one: b"1"})
    before = tree(out) if again else {}
    with pytest.raises(Bug, match="backend"):
        emit(str(out), work(Fake({one: b"1"}, "x"), Fake({two: b"1"}, "y")), STAMP)
    assert only(tmp_path) == (["build"] if again else [])
    if again:
        assert tree(out) == before
