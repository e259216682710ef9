#!/usr/bin/env bash
# A development environment in .venv: the project, editable, and the pinned tools.
. "$(dirname "$0")/lib.sh"

environment .venv
# An editable install notes the entry points, so it is repeated when pyproject.toml changes.
if ! cmp -s pyproject.toml .venv/project; then
    say "rackwright, editable"
    pip_in .venv install -qq --no-deps -e .
    cp pyproject.toml .venv/project
fi
# The repository root is the package: this is where type checkers find it by its name.
mkdir -p .venv/ns
ln -sfn ../.. .venv/ns/rackwright
