"""The command line. This module and `--help` import click and the standard library, nothing else: start-up is felt."""

from __future__ import annotations

from importlib import import_module

import click

from ... import __version__
from .guard import Guarded

_COMMANDS = (
    ("check", "Check specs and say what is wrong."),
    ("compile", "Compile a spec to a directory of artifacts."),
    ("fmt", "Format specs in the one style."),
    ("explain", "Explain a code such as RW3007."),
    ("show", "Show what a spec describes: counts, a device, a cable."),
    ("estimate", "Estimate how long the workloads of a spec take."),
    ("backends", "List the installed backends."),
)
"""Names and short helps, so that the list of commands costs no imports."""


class LazyGroup(Guarded):
    """Imports a command's module (of the same name) when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _ in _COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f".{cmd_name}", __name__).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.list_commands(ctx):
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(ctx), n=1)
            ctx.fail(f"no such command {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rackwright")
def main() -> None:
    """Describe an AI data center, check it, and compile it to configurations, cabling, power budgets and more."""
