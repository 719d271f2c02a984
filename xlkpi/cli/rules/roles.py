"""`xlkpi roles`: lists the roles of the catalogue."""

from __future__ import annotations

from xlkpi.cli.app import catalogue_in_use, json_option, main, plainly, print_json, terminal
from xlkpi.i18n.message_files import COMMANDS


@main.command()
@json_option
@plainly
def roles(as_json: bool) -> None:
    """列出岗位：职责、指标、权重、目标、评分标准。"""
    all_roles = catalogue_in_use().roles().values()
    if as_json:
        from xlkpi.cli.json_shapes import role_json

        print_json([role_json(role) for role in all_roles])
        return
    from rich.table import Table

    table = Table(*(COMMANDS(f"roles_{key}") for key in ("id", "title", "source", "indicators", "weights")))
    for role in all_roles:
        total = float(sum(role.weights.values()) * 100)
        table.add_row(role.id, role.title, role.source, str(len(role.indicators)), f"{total:g}%")
    terminal().print(table)
