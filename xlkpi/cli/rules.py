"""Commands about rules: lint, explain."""

from __future__ import annotations

import errno
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import PROBLEMS, USAGE, fail, json_option, main, overwrite_option, plainly, print_json, terminal
from xlkpi.common.files import write_whole

if TYPE_CHECKING:
    from xlkpi.analysis.explanation import Explanation
    from xlkpi.lint.run import Finding


@main.command()
@click.argument("sources", nargs=-1, metavar="[ROLE-ID | FILE.toml]...")
@json_option
@plainly
def lint(sources: tuple[str, ...], as_json: bool) -> None:
    """检查岗位文件：错误、有风险的写法、建议；不写岗位或文件为全部岗位。"""
    from xlkpi.lint.run import ADVICE
    from xlkpi.lint.run import lint as find

    findings = find([_role_source(source) for source in sources])
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


class PictureType(click.Path):
    """A picture to write; the ending says what is in it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if Path(str(value)).suffix.lower() != ".png":
            self.fail(f"文件名须以 .png 结尾：{value}", param, ctx)
        return super().convert(value, param, ctx)


@main.command()
@click.argument("rule")
@click.option("--actual", "actuals", multiple=True, metavar="A", help="实际完成：12%、1,000或等级；每项数据一个。")
@click.option("--target", "targets", multiple=True, metavar="T", help="目标值；每项数据一个，没有的写 -。")
@click.option("--unit", metavar="U", help="指标的单位；% 表示“每低5%”是5个百分点。")
@click.option("--plot", type=PictureType(path_type=Path, dir_okay=False), help="把得分画成图，写到这个文件（.png）。")
@json_option
@overwrite_option
@plainly
def explain(
    rule: str,
    actuals: tuple[str, ...],
    targets: tuple[str, ...],
    unit: str | None,
    plot: Path | None,
    as_json: bool,
    overwrite: bool,
) -> None:
    """试一句评分标准：读成什么、得几分、各分界得几分。

    如 xlkpi explain 每低5%扣3分 --actual 12% --target 20% --unit %
    """
    from xlkpi.analysis.explanation import InputsError, explanation, explanation_json, refusal_json, refusal_text
    from xlkpi.rules.model import RuleError
    from xlkpi.scoring.scores import ScoreError

    try:
        explained = explanation(rule, actuals, targets, unit)
        if plot and not explained.panels:
            raise InputsError("画图要知道目标值，请用 --target 写出目标值。")
        if plot:
            from xlkpi.analysis.plot import picture

            write_whole(plot, picture([panel for panel, _ in explained.panels], rule), overwrite=overwrite)
    except InputsError as error:
        fail(str(error), USAGE)
    except (RuleError, ScoreError) as error:
        if as_json:
            print_json(refusal_json(error))
            sys.exit(USAGE if isinstance(error, RuleError) else PROBLEMS)
        if isinstance(error, RuleError):
            fail(refusal_text(rule, error), USAGE)
        fail(f"不能计分：{error}")
    if as_json:
        print_json(explanation_json(explained))
        return
    _print_explanation(explained)
    if plot:
        click.echo(f"\n图：{plot}")


def _print_explanation(explained: Explanation) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.analysis.preview import AXES, held, shown_number
    from xlkpi.appraisal.report import shown

    console = terminal()
    if explained.outcome:
        console.print(escape(explained.receipt or ""), soft_wrap=True, highlight=False)
        console.print(f"得分 [bold]{escape(shown(explained.outcome.score))}[/bold]\n")
    for language, sentence in explained.phrases.items():
        console.print(escape(f"{language:8}{sentence}"), soft_wrap=True, highlight=False)
    cells = [(cells, name) for key, name in _CELLS.items() if (cells := explained.cells[key])]
    where = "，".join(f"{'、'.join(cells)} 是{name}" for cells, name in cells)
    console.print(escape(f"\n内置公式（{where}）：\n{explained.native}"), soft_wrap=True, highlight=False)
    if not explained.panels:
        console.print("\n各分界的得分要知道目标值才能列出：请用 --target 写出目标值。")
    for panel, found in explained.panels:
        label = panel.rule.labels[panel.measure]
        title = "　".join(filter(None, ("各分界的得分", label and f"「{label}」", held(panel))))
        console.print()
        table = Table(title=escape(title), title_justify="left")
        table.add_column(AXES[panel.terms], justify="right")
        table.add_column("得分", justify="right")
        table.add_column("扣分", justify="right")
        table.add_column("说明")
        for row in found:
            actual = row.actual if isinstance(row.actual, str) else shown_number(row.actual, panel.percent)
            numbers = (shown(row.outcome.score), shown(row.outcome.deducted))
            table.add_row(*map(escape, (actual, *numbers, row.note)), style="bold" if row.main else "dim")
        console.print(table)


_CELLS = {"actual": "实际完成", "target": "目标值"}
