"""`rackwright show`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from .console import Console, common_options, exit_code, set_option


@click.command("show")
@click.argument("spec", required=False)
@click.argument("query", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the design as JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of designs (needs no SPEC).")
@set_option
@common_options
def command(
    spec: str | None,
    query: str | None,
    as_json: bool,
    schema: bool,
    settings: Mapping[str, str],
    console: Console,
) -> None:
    """Show what SPEC describes.

    Without QUERY: devices by class and cables by rule. QUERY is a device's host name (its ports and what they are
    joined to), the name of a rack (what stands in it, from the top), or the identifier of a cable.
    """
    if schema:
        from ..design import Design

        click.echo(json.dumps(Design.model_json_schema(), indent=2))
        return
    if spec is None:
        raise click.UsageError("missing argument SPEC")
    from ..pipeline import compile_spec

    compilation = compile_spec(spec, settings)
    code = exit_code(compilation.diagnostics)
    if code or console.verbosity > 0:  # what is merely worth a note is for `check`
        console.report(compilation.diagnostics, compilation.sources)
    design, plant = compilation.design, compilation.plant
    if as_json and design is not None:
        click.echo(design.model_dump_json(indent=2))
        raise SystemExit(code)
    if plant is None:
        raise SystemExit(code or 1)
    from .picture import counts, find

    lines = counts(plant) if query is None else find(plant, query, compilation.sources)
    if lines is None:
        from ...dsl.diagnostics import diagnose
        from .picture import nearest

        near = nearest(plant, query or "")
        help = f"did you mean {near}?" if near else "`rackwright show SPEC` counts what there is"
        diagnostic = diagnose("RW0018", None, detail=query or "", help=help)
        console.report([diagnostic], compilation.sources)
        raise SystemExit(exit_code([diagnostic]))
    for line in lines:
        click.echo(line)
    raise SystemExit(code)
