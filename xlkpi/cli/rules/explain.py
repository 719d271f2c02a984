"""`xlkpi explain`: try out one scoring rule."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import PROBLEMS, USAGE, fail, json_option, main, overwrite_option, plainly, print_json, terminal
from xlkpi.common.files import write_whole

if TYPE_CHECKING:
    from xlkpi.analysis.explanation import Explanation


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
    from xlkpi.analysis.explanation import InputsError, explanation, refusal_text
    from xlkpi.cli.json_shapes import explanation_json, refusal_json
    from xlkpi.rules.model import RuleError
    from xlkpi.scoring.scorer import ScoreError

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

    from xlkpi.analysis.preview import AXES, fixed_values, shown_number
    from xlkpi.i18n.numbers import score_text

    console = terminal()
    if explained.outcome:
        console.print(escape(explained.receipt or ""), soft_wrap=True, highlight=False)
        console.print(f"得分 [bold]{escape(score_text(explained.outcome.score))}[/bold]\n")
    for language, sentence in explained.phrases.items():
        console.print(escape(f"{language:8}{sentence}"), soft_wrap=True, highlight=False)
    cells = [(cells, name) for key, name in _CELLS.items() if (cells := explained.cells[key])]
    where = "，".join(f"{'、'.join(cells)} 是{name}" for cells, name in cells)
    console.print(escape(f"\n内置公式（{where}）：\n{explained.native}"), soft_wrap=True, highlight=False)
    if not explained.panels:
        console.print("\n各分界的得分要知道目标值才能列出：请用 --target 写出目标值。")
    for panel, found in explained.panels:
        label = panel.rule.labels[panel.measure]
        title = "　".join(filter(None, ("各分界的得分", label and f"「{label}」", fixed_values(panel))))
        console.print()
        table = Table(title=escape(title), title_justify="left")
        table.add_column(AXES[panel.terms], justify="right")
        table.add_column("得分", justify="right")
        table.add_column("扣分", justify="right")
        table.add_column("说明")
        for row in found:
            actual = row.actual if isinstance(row.actual, str) else shown_number(row.actual, panel.percent)
            numbers = (score_text(row.outcome.score), score_text(row.outcome.deducted))
            table.add_row(*map(escape, (actual, *numbers, row.note)), style="bold" if row.main else "dim")
        console.print(table)


_CELLS = {"actual": "实际完成", "target": "目标值"}
