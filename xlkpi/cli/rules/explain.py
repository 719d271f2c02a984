"""`xlkpi explain`: try out one scoring rule."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import PROBLEMS, USAGE, fail, json_option, main, overwrite_option, plainly, print_json, terminal
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import language_of
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from xlkpi.analysis.explanation import Explanation


class PictureType(click.Path):
    """A picture to write, which must end in .png."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if Path(str(value)).suffix.lower() != ".png":
            self.fail(COMMANDS("ending", ending=".png", path=value), param, ctx)
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
    """试算一条评分标准：程序如何理解、得几分、各分界得几分。

    如 xlkpi explain 每低5%扣3分 --actual 12% --target 20% --unit %
    """
    from xlkpi.analysis.explanation import InputsError, explained_readings, explanation, refusal_text
    from xlkpi.cli.json_shapes import explanation_json, refusal_json
    from xlkpi.rules.model import RuleError
    from xlkpi.scoring.scorer import ScoreError

    try:
        explained = explanation(rule, actuals, targets, unit)
        if plot and not explained.panels:
            raise InputsError(COMMANDS.message("plot_no_target"))
        if plot:
            from xlkpi.analysis.plot import picture

            write_whole(plot, picture([panel for panel, _ in explained.panels], rule), overwrite=overwrite)
    except InputsError as error:
        fail(error.in_language(language_of(rule)), USAGE)
    except (RuleError, ScoreError) as error:
        asked = explained_readings(error, actuals, targets, unit) if isinstance(error, RuleError) else ()
        if as_json:
            print_json(refusal_json(error, asked))
            sys.exit(USAGE if isinstance(error, RuleError) else PROBLEMS)
        for reading in asked:
            _print_reading(reading)
        if isinstance(error, RuleError):
            fail(refusal_text(rule, error), USAGE)
        fail(COMMANDS("cannot_score", error.language, error=error.message))
    if as_json:
        print_json(explanation_json(explained))
        return
    _print_explanation(explained)
    if plot:
        click.echo("\n" + COMMANDS("picture", language_of(rule), path=plot))


def _print_explanation(explained: Explanation) -> None:
    from rich.markup import escape

    from xlkpi.i18n.numbers import score_text

    console, language = terminal(), language_of(explained.sentence)
    labels = words(language)
    if explained.outcome:
        console.print(escape(explained.receipt or ""), soft_wrap=True, highlight=False)
        score = score_text(explained.outcome.score)
        console.print(f"{labels('score')} [bold]{escape(score)}[/bold]\n")
    if explained.reading:
        reading = f"{COMMANDS('read_as', language)}  {explained.reading}"
        console.print(escape(reading), soft_wrap=True, highlight=False)
    for other, sentence in explained.phrases.items():
        console.print(escape(f"{other:8}{sentence}"), soft_wrap=True, highlight=False)
    cells = (
        COMMANDS("cells_are", language, cells=tuple(cells), label=labels(key))
        for key, cells in explained.cells.items()
        if cells
    )
    native = COMMANDS("native_formula", language, cells=COMMANDS("comma", language).join(cells))
    console.print(escape(f"\n{native}\n{explained.native}"), soft_wrap=True, highlight=False)
    if not explained.panels:
        console.print("\n" + COMMANDS("edges_no_target", language))
    _print_edges(explained)


def _print_reading(explained: Explanation) -> None:
    """One of the readings between which a sentence decides, with its edges."""
    from rich.markup import escape

    from xlkpi.i18n.numbers import score_text

    console, language = terminal(), language_of(explained.sentence)
    shown = COMMANDS("one_reading", language, sentence=explained.sentence)
    if explained.outcome:
        shown += f"  {words(language)('score')} {score_text(explained.outcome.score)}"
    console.print(escape(shown), soft_wrap=True, highlight=False)
    _print_edges(explained)
    console.print()


def _print_edges(explained: Explanation) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.analysis.preview import AXES, fixed_values, shown_number
    from xlkpi.i18n.numbers import score_text

    console, language = terminal(), language_of(explained.sentence)
    labels = words(language)
    for panel, rows in explained.panels:
        label = panel.rule.labels[panel.measure]
        measure = label and COMMANDS("measure_named", language, label=label)
        title = "  ".join(filter(None, (COMMANDS("edges", language), measure, fixed_values(panel, language))))
        console.print()
        table = Table(title=escape(title), title_justify="left")
        table.add_column(COMMANDS(AXES[panel.terms], language), justify="right")
        table.add_column(labels("score"), justify="right")
        table.add_column(labels("deducted"), justify="right")
        table.add_column(labels("receipt"))
        for row in rows:
            actual = row.actual if isinstance(row.actual, str) else shown_number(row.actual, panel.percent)
            numbers = (score_text(row.outcome.score), score_text(row.outcome.deducted))
            table.add_row(*map(escape, (actual, *numbers, row.note)), style="bold" if row.main else "dim")
        console.print(table)
