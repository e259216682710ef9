#!/usr/bin/env bash
# A development environment in .venv: the project, editable, and the pinned tools.
. "$(dirname "$0")/lib.sh"

environment .venv
# An editable install notes the entry points and fetches the page's library, so it is repeated when either changes.
if [ ! -f backends/report/vendor/d3.min.js ] || ! cat pyproject.toml backends/report/package-lock.json | cmp -s - .venv/project; then
    say "rackwright, editable"
    pip_in .venv install -qq --no-deps -e .
    cat pyproject.toml backends/report/package-lock.json >.venv/project
fi
# The repository root is the package: this is where type checkers find it by its name.
mkdir -p .venv/ns
ln -sfn ../.. .venv/ns/rackwright
