"""`rackwright show`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from ..console import Console, common_options, exit_code, set_option


@click.command("show")
@click.argument("spec", required=False)
@click.argument("query", required=False)
@click.argument("figure", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the design, or the answer to QUERY.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of designs (needs no SPEC).")
@set_option
@common_options
def command(
    spec: str | None,
    query: str | None,
    figure: str | None,
    as_json: bool,
    schema: bool,
    settings: Mapping[str, str],
    console: Console,
) -> None:
    """Show what SPEC describes, and where its figures come from.

    Without QUERY: devices by class and cables by rule. QUERY is a device's host name (its figures, what feeds it and
    what its ports are joined to), the name of a rack (its elevation and sums), the identifier of a cable, the path of
    an element such as `pod.gpu` or `pod[0].gpu[3]`, or the name of a part such as `optics.ethernet.fr4_400g`.

    With FIGURE, such as `peak_power`, `weight` or `length`: how it comes about, down to the lines that state it.
    """
    if schema:
        from ...design import Design

        click.echo(json.dumps(Design.model_json_schema(), indent=2))
        return
    if spec is None:
        raise click.UsageError("missing argument SPEC")
    from ...pipeline import compile_spec

    compilation = compile_spec(spec, settings)
    code = exit_code(compilation.diagnostics)
    if code or console.verbosity > 0:  # what is merely worth a note is for `check`
        console.report(compilation.diagnostics, compilation.sources)
    design, plant = compilation.design, compilation.plant
    if as_json and query is None and design is not None:
        click.echo(design.model_dump_json(indent=2))
        raise SystemExit(code)
    if plant is None:
        raise SystemExit(code or 1)
    from .answer import answer

    sheet, problem = answer(plant, query, figure)
    if sheet is None:
        console.report([problem] if problem else [], compilation.sources)
        raise SystemExit(exit_code([problem] if problem else []))
    if as_json:
        click.echo(json.dumps(sheet.as_json(), indent=2, ensure_ascii=False))
    else:
        for line in sheet.lines():
            click.echo(line)
    raise SystemExit(code)
