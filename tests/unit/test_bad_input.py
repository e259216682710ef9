"""Whatever is handed in comes back as a message with a code, soon, and never as a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.report import text
from rackwright.dsl.parse import MAX_BYTES

Spec = Callable[..., Compilation]


@contextmanager
def soon(seconds: float = 10) -> Iterator[None]:
    """Within a few seconds of this process's own time, so that a busy machine is not blamed on us.

    What is not refused in time takes minutes or for ever; how fast the compiler is, the benchmarks tell. Measuring
    coverage makes Python several times slower, so then it is several times as long.
    """
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds * (5 if sys.gettrace() else 1)


def codes(result: Compilation) -> list[str]:
    text.render(result.diagnostics, result.sources)
    assert result.design is None or result.plant is None or result.diagnostics
    return [d.code for d in result.diagnostics]


LAB = "use generic.lab as parts\n"

TEXTS = {
    "empty": ("", "RW0005"),
    "blank": ("\n\n   \n", "RW0005"),
    "comment only": ("# nothing", "RW0005"),
    "byte order mark only": ("\ufeff", "RW0005"),
    "nul": ("rack r {\0}", "RW1005"),
    "brackets": ("param p = " + "(" * 10_000, "RW1004"),
    "closed brackets": ("param p = " + "(" * 10_000 + "1" + ")" * 10_000, "RW1004"),
    "lists": ("param p = " + "[" * 10_000, "RW1004"),
    "blocks": ("rack r " + "{ a " * 10_000, "RW1004"),
    "open blocks": ("rack r {\n" + "a {\n" * 10_000, "RW1004"),
    "closing only": ("}" * 10_000, "RW1001"),
    "minus signs": ("param p = " + "-" * 10_000 + "1", "RW1004"),
    "not": ("param p = " + "not " * 10_000 + "true", "RW1004"),
    "long sum": ("param p = " + "1 + " * 10_000 + "1", "RW1004"),
    "dots": ("rack r { a : " + "b." * 10_000 + "c }", "RW2001"),
    "long name": ("rack " + "r" * 400_000 + " is q { }", "RW2001"),
    "long number": ("param p = " + "9" * 100_000 + "\nrack r { }", "RW2006"),
    "long exponent": ("param p = 1e" + "9" * 100_000 + "\nrack r { }", "RW2006"),
    "power tower": ("let a = 1e99 * 1e99 * 1e99\nrack r { }", "RW2006"),
    "huge array": (LAB + "rack r { gpu[1000000000000] : parts.lab_host }", "RW2013"),
    "computed huge array": (LAB + "rack r { gpu[10**12] : parts.lab_host }", "RW1001"),
    "multiplied huge array": (LAB + "rack r { gpu[1000000 * 1000000] : parts.lab_host }", "RW2013"),
    "nested arrays": (
        LAB + "rack r { a[9999] : parts.lab_host }\ngroup g { r[9999] : r }\nhall h { g[9999] : g }",
        "RW2014",
    ),
    "many dimensions": (LAB + "rack r { a[" + ", ".join(["9"] * 30) + "] : parts.lab_host }", "RW2014"),
    "too many cables": (
        LAB + "switch s { eth[9999] : port { speed = 1 Gbps } }\nrack r { a[99] : s, b[99] : s\na[i].eth[j] }",
        "RW1001",
    ),
    "all pairs": (
        "switch s { eth[9999999] : port { speed = 1 Gbps } }\nrack r {\n a : s\n b : s\n link a.eth[i] -> b.eth[j]\n}",
        "RW2014",
    ),
    "long range": (
        "switch s { eth[4] : port { speed = 1 Gbps } }\nrack r {\n a : s\n b : s\n"
        " link a.eth[i mod 4] -> b.eth[j mod 4] for i in 0..10000000 for j in 0..10000000\n}",
        "RW2014",
    ),
    "exponential tree": (
        LAB
        + "rack r0 { a : parts.lab_host }\n"
        + "".join(
            f"group g{i} {{\n a : {'r' if i == 1 else 'g'}{i - 1}\n b : {'r' if i == 1 else 'g'}{i - 1}\n}}\n"
            for i in range(1, 24)
        )
        + "hall h { a : g23 }",
        "RW2014",
    ),
    "deep tree": (
        LAB
        + "rack r0 { a : parts.lab_host }\n"
        + "".join(f"group g{i} {{ a : {'r' if i == 1 else 'g'}{i - 1} }}\n" for i in range(1, 60))
        + "hall h { a : g59 }",
        "RW2014",
    ),
    "long chain of bases": (
        "rack r0 { unit = RU }\n"
        + "".join(f"rack r{i} is r{i - 1} {{ }}\n" for i in range(1, 1000))
        + "hall h { a : r999 }",
        "RW2014",
    ),
    "long chain of values": (
        "let v0 = 1\n" + "".join(f"let v{i} = v{i - 1} + 1\n" for i in range(1, 3000)) + "hall r { a[v2999] : rack }",
        "RW1004",
    ),
    "endless range": (
        "switch s { eth[4] : port { speed = 1 Gbps } }\nrack r {\n a : s\n b : s\n"
        " link a.eth[i mod 4] -> b.eth[i mod 4] for i in 0..2147483647\n}",
        "RW2013",
    ),
    "base of itself": ("rack r is r { }", "RW2010"),
    "value of itself": ("let a = a\nrack r { }", "RW2010"),
    "path in a name": (LAB + 'rack r { a : parts.lab_host { name = "../../etc/x" } }', "RW2017"),
    "newline in a name": (LAB + 'rack r { a : parts.lab_host { name = "a\\nb" } }', "RW2017"),
    "quote in a name": (LAB + 'rack r { a : parts.lab_host { name = "a\\"b" } }', "RW2017"),
    "blank name": (LAB + 'rack r { a : parts.lab_host { name = "" } }', "RW2017"),
    "long name pattern": (LAB + f'rack r {{ a : parts.lab_host {{ name = "{"a" * 64}" }} }}', "RW2017"),
    "wide index": (LAB + 'rack r { a[2] : parts.lab_host { name = "a{a:99}" } }', "RW2017"),
    "negative remainder": (
        "switch s { eth[4] : port { speed = 1 Gbps } }\nrack r {\n a : s\n b : s\n link a.eth[i] -> b.eth[i - 9]\n}",
        "RW3001",
    ),
    "index beyond 64 bits": (
        "switch s { eth[4] : port { speed = 1 Gbps } }\nrack r {\n a : s\n b : s\n"
        " link a.eth[i] -> b.eth[i * 4000000000 * 4000000000]\n}",
        "RW2006",
    ),
    "module path": ('use "../../../../etc/passwd"\nrack r { }', "RW2008"),
    "module with a newline": ('use "./a\\nb.rack"\nrack r { }', "RW2008"),
    "control characters": ('rack r { vendor = "\x1b[31m" }\x1b', "RW1005"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(spec: Spec, name: str) -> None:
    content, code = TEXTS[name]
    with soon():
        assert code in codes(spec(content))


def test_quotes_and_line_ends_in_strings_stay_what_they_are(spec: Spec) -> None:
    result = spec(LAB + 'rack r {\n vendor = "a \\"b\\" \\\\ \\n \\t é"\n h : parts.lab_host\n}')
    assert result.design is not None
    assert result.design.elements[0].attributes.vendor == 'a "b" \\ \n \t é'  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"rack r { }\n\x80", b"\xed\xa0\x80", bytes(range(256))])
def test_not_utf8(spec: Spec, data: bytes) -> None:
    with soon():
        assert codes(spec(data)) == ["RW0003"]


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.rack"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with soon():
        assert codes(compile_spec(str(path), {})) == ["RW0002"]


@pytest.mark.parametrize("piece", ["\0", "(", "a ", "}\n", '"', "# \n", "\n"])
def test_the_largest_file_that_is_read(spec: Spec, piece: str) -> None:
    content = piece * (MAX_BYTES // len(piece))
    with soon(15):
        assert codes(spec(content))


@pytest.mark.parametrize("path", ["nowhere.rack", ".", "/dev/zero", "/dev/stdin", "a\0b", "", "x" * 5000])
def test_what_is_no_file(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with soon():
        assert codes(compile_spec(path, {})) == ["RW0001"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.rack")
    with soon():
        assert codes(compile_spec(str(tmp_path / "pipe.rack"), {})) == ["RW0001"]


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop.rack").symlink_to("loop.rack")
    assert codes(compile_spec(str(tmp_path / "loop.rack"), {})) == ["RW0001"]


def test_modules_in_a_circle(tmp_path: Path) -> None:
    for i in range(50):
        (tmp_path / f"m{i}.rack").write_text(f'use "./m{(i + 1) % 50}.rack"\nrack r {{ }}\n')
    with soon():
        assert codes(compile_spec(str(tmp_path / "m0.rack"), {})) == ["RW2009"]


def test_a_module_that_uses_itself(tmp_path: Path) -> None:
    (tmp_path / "me.rack").write_text('use "./me.rack"\nrack r { }\n')
    assert codes(compile_spec(str(tmp_path / "me.rack"), {})) == ["RW2009"]


@pytest.mark.parametrize("value", ["", "(" * 5000, "\0", "1e999", "a.b.c", "[1]", '"', "10**12", "-1", "2 kW", "x y"])
def test_set(spec: Spec, value: str) -> None:
    with soon():
        found = spec(LAB + "param n = 2\nrack r { a[n] : parts.lab_host }", {"n": value})
    assert any(d.severity == "error" for d in found.diagnostics)
    assert codes(found)


# --- the command ---


def rackwright(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-P", "-c", "from rackwright.compiler.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


def calm(done: subprocess.CompletedProcess[bytes], code: int, message: str) -> None:
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert "Traceback" not in said, said
    assert done.returncode == code, said
    assert message in said, said


@pytest.mark.parametrize("path", ["nowhere.rack", ".", "/dev/zero"])
def test_command_without_a_file(path: str, tmp_path: Path) -> None:
    calm(rackwright("check", path, cwd=tmp_path), 2, "RW0001")


def test_command_with_bytes(tmp_path: Path) -> None:
    (tmp_path / "bytes.rack").write_bytes(bytes(range(256)))
    calm(rackwright("check", "bytes.rack", cwd=tmp_path), 2, "RW0003")


def test_command_into_a_file(tmp_path: Path, root: Path) -> None:
    (tmp_path / "out").write_text("a file\n")
    done = rackwright("compile", str(root / "specs" / "lab_4x2.rack"), "-o", "out", cwd=tmp_path)
    calm(done, 2, "RW001")
    assert (tmp_path / "out").read_text() == "a file\n"


def test_command_into_no_permission(tmp_path: Path, root: Path) -> None:
    done = rackwright("compile", str(root / "specs" / "lab_4x2.rack"), "-o", "/proc/rackwright", cwd=tmp_path)
    calm(done, 2, "RW001")


def test_command_names_no_file(tmp_path: Path) -> None:
    calm(rackwright("check", cwd=tmp_path), 2, "SPEC")
