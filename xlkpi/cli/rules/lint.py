"""`xlkpi lint`: what is wrong or risky in role files."""

from __future__ import annotations

import errno
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import PROBLEMS, catalogue_in_use, json_option, main, plainly, print_json, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.lint.findings import Finding


@main.command()
@click.argument("sources", nargs=-1, metavar="[ROLE-ID | FILE.toml]...")
@json_option
@plainly
def lint(sources: tuple[str, ...], as_json: bool) -> None:
    """检查岗位文件：错误、有风险的写法、建议；不写岗位或文件为全部岗位。"""
    from xlkpi.i18n.problems import ADVICE
    from xlkpi.lint.run import lint as find

    findings = find(catalogue_in_use(), [_role_source(source) for source in sources])
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print_findings(findings)
    sys.exit(PROBLEMS if any(finding.severity != ADVICE for finding in findings) else 0)


def _role_source(source: str) -> str | Path:
    """A role's id, or the path of a role file that is there. Raises FileNotFoundError."""
    path = Path(source)
    if path.suffix != ".toml" and len(path.parts) <= 1:
        return source
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "", source)
    return path


_SEVERITIES = {"error": ("错误", "red"), "warning": ("警告", "yellow"), "advice": ("建议", "")}


def _print_findings(findings: Sequence[Finding]) -> None:
    """A table, worst first; what is said alike of several keys of a file takes one row."""
    from rich.markup import escape
    from rich.table import Table

    rows: dict[tuple[str, ...], list[str]] = {}
    for f in sorted(findings, key=lambda finding: list(_SEVERITIES).index(finding.severity)):
        rows.setdefault((f.severity, f.file, f.text, f.message, f.advice), []).append(f.key)
    console, table = terminal(), Table(show_lines=True)
    for heading in ("", "文件", "位置", "原文", "问题", "建议"):
        table.add_column(heading, overflow="fold")  # nothing of it may be cut off
    for (severity, file, *said), keys in rows.items():
        word, style = _SEVERITIES[severity]
        table.add_row(word, *map(escape, (file, "\n".join(keys), *said)), style=style)
    if findings:
        console.print(table)
    counts = Counter(finding.severity for finding in findings)
    told = [f"{word}{counts[severity]}条" for severity, (word, _) in _SEVERITIES.items() if counts[severity]]
    if set(counts) <= {"advice"}:
        told.insert(0, "没有错误和警告")
    click.echo("，".join(told) + "。")
