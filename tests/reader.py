"""Somebody who follows a page of the documentation to the letter, in an empty folder.

Blocks are marked by the words after their backticks:

- `rack file=F`, `yaml file=F`: the file's whole text.
- `rack into=F`: what a reader does who "appends" or "replaces": a definition whose name the file has is replaced,
  anything else is added at the end.
- `console`: lines that begin with `$ ` are run; below each stands all that it prints. A line `…` stands for any lines.
- `sh`: how to install; not run.

`pytest --update` writes what the commands print into the pages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rackwright.dsl import syntax as s
from rackwright.dsl.parse import parse
from rackwright.dsl.source import Source

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _named(text: str) -> tuple[s.File, dict[str, s.Declaration | s.Param]]:
    parsed = parse(Source("block", text))
    assert not parsed.diagnostics
    found = [d for d in parsed.file.statements if isinstance(d, s.Declaration | s.Param)]
    return parsed.file, {d.name.text: d for d in found}


def insert(text: str, block: str) -> str:
    """The text with the block's statements replaced or added."""
    for statement in _named(block)[0].statements:
        piece = block[statement.span.start : statement.span.end]
        if isinstance(statement, s.Declaration | s.Param):
            _, known = _named(text)
            old = known.get(statement.name.text)
            if old is not None:
                text = text[: old.span.start] + piece + text[old.span.end :]
                continue
        text = f"{text.rstrip()}\n\n{piece}\n"
    return text


def _matches(shown: str, printed: str) -> bool:
    pattern = "".join(r"(?:.*\n)*" if line == "…\n" else re.escape(line) for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, printed) is not None


class Reader:
    """Somebody who does what the pages say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "rackwright"
        program.write_text(
            f"#!{sys.executable}\nimport sys\nsys.argv[0] = 'rackwright'\n"
            "from rackwright.compiler.cli import main\nmain()\n"
        )
        program.chmod(0o755)
        (programs / "python3").symlink_to(sys.executable)
        path = [str(programs), os.environ.get("PATH", os.defpath)]
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, command: str) -> tuple[int, str]:
        """Exit code and all that is printed, without the time that a run takes."""
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.folder, env=self.environment, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False,
        )  # fmt: skip
        return done.returncode, re.sub(r"\b\d+\.\d s\b", "0.4 s", done.stdout)

    def follow(self, page: str) -> str:
        """Do everything on a page; return it with what was really printed."""

        def one(match: re.Match[str]) -> str:
            language, *words = match[1].split() or [""]
            marks = dict(word.split("=", 1) for word in words)
            if language == "console":
                return f"```console\n{self._console(match[2])}```"
            if "file" in marks:
                path = self.folder / marks["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(match[2], "utf-8")
            elif "into" in marks:
                path = self.folder / marks["into"]
                path.write_text(insert(path.read_text("utf-8"), match[2]), "utf-8")
            else:
                assert language == "sh", match[0]
            return match[0]

        return FENCE.sub(one, page)

    def check(self, path: Path, update: bool) -> None:
        """Follow a page; it shows what its commands print, or is made to."""
        page = path.read_text("utf-8")
        followed = self.follow(page)
        if update:
            path.write_text(followed, "utf-8")
        else:
            assert page == followed

    def _console(self, text: str) -> str:
        made = []
        for part in re.split(r"^(?=\$ )", text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            _, printed = self.run(command[2:])
            assert "Traceback" not in printed, printed
            made.append(f"{command}\n{shown if _matches(shown, printed) else printed}")
        return "".join(made)
