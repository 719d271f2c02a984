"""`xlkpi lint`: lists what is wrong or risky in role files."""

from __future__ import annotations

import errno
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    PROBLEMS,
    USAGE,
    catalogue_in_use,
    company_in_use,
    fail,
    json_option,
    main,
    plainly,
    print_json,
    terminal,
)
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ADVICE, ERROR, SEVERITIES, WARNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.lint.findings import Finding


@main.command()
@click.argument("sources", nargs=-1, metavar="[ROLE-ID | FILE.toml]...")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default=HANS, show_default=True, help="说明的语言。")
@json_option
@plainly
def lint(sources: tuple[str, ...], language: str, as_json: bool) -> None:
    """检查岗位文件：错误、有风险的写法、建议；不写岗位或文件为全部岗位。"""
    from xlkpi.lint.run import lint as find

    if company_in_use() is not None and not any(source.endswith(".toml") for source in sources):
        fail(COMMANDS("lint_in_company"), USAGE)
    findings = find(catalogue_in_use(), [_role_source(source) for source in sources], language)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print_findings(findings, language)
    sys.exit(PROBLEMS if any(finding.severity != ADVICE for finding in findings) else 0)


def _role_source(source: str) -> str | Path:
    """A role's id as it is, or the path of a role file. Raises FileNotFoundError where there is no such file."""
    path = Path(source)
    if path.suffix != ".toml" and len(path.parts) <= 1:
        return source
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "", source)
    return path


_STYLES = {ERROR: "red", WARNING: "yellow", ADVICE: ""}


def _print_findings(findings: Sequence[Finding], language: str) -> None:
    """Print a table, the worst first; findings that differ only in their key share a row."""
    from rich.markup import escape
    from rich.table import Table

    rows: dict[tuple[str, ...], list[str]] = {}
    for f in sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)):
        rows.setdefault((f.severity, f.file, f.text, f.message, f.advice), []).append(f.key)
    console, table, labels = terminal(), Table(show_lines=True), words(language)
    headers = (COMMANDS("lint_place", language), COMMANDS("lint_text", language), labels("col_problem"))
    for heading in ("", labels("col_file"), *headers, labels("col_what_to_do")):
        table.add_column(heading, overflow="fold")  # fold, so that nothing is cut off
    for (severity, file, *texts), keys in rows.items():
        cells = (labels(f"severity_{severity}"), file, "\n".join(keys), *texts)
        table.add_row(*map(escape, cells), style=_STYLES[severity])
    if findings:
        console.print(table)
    counts = Counter(finding.severity for finding in findings)
    key = "lint_nothing" if not findings else "lint_fine" if set(counts) <= {ADVICE} else "lint_found"
    click.echo(COMMANDS(key, language, **{f"{severity}s": counts[severity] for severity in SEVERITIES}))
