"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage)."""

from __future__ import annotations

import errno
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from xlkpi import report, translate
from xlkpi.catalogue import UnknownRoleError, load_company, load_role, load_roles
from xlkpi.explanation import Explanation, InputsError, explanation, explanation_json, refusal_json, refusal_text
from xlkpi.files import write_whole
from xlkpi.intake import Filled, Form, Problem, read
from xlkpi.preview import AXES, held, shown_number
from xlkpi.quarter import Quarter
from xlkpi.rules.language import HANS, LANGUAGES
from xlkpi.rules.rule import RuleError
from xlkpi.sample import load_samples, typed_cells
from xlkpi.scoring import ScoreError
from xlkpi.tables import CatalogueError
from xlkpi.version import __version__
from xlkpi.words import words

if TYPE_CHECKING:
    from xlkpi.lint import Finding
    from xlkpi.refresh import Change


def _console() -> Console:
    # Behind a pipe there is no width to respect; receipts want room.
    return Console() if sys.stdout.isatty() else Console(width=150)


_PROBLEMS, _USAGE = 1, 2
"""Exit codes: something is wrong with what was read or written, or with how the command was called."""


def _fail(message: str, code: int = _PROBLEMS) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def _plainly(command: Callable[..., None]) -> Callable[..., None]:
    """What goes wrong with files is told in a line, never as a traceback."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except UnknownRoleError as error:
            _fail(str(error), _USAGE)
        except CatalogueError as error:
            _fail(str(error))
        except FileExistsError as error:
            _fail(f"{error}：文件已存在。换一个文件名，或加 --overwrite 覆盖。", _USAGE)
        except FileNotFoundError as error:
            _fail(f"{error.filename}：没有这个文件。", _USAGE)
        except PermissionError as error:
            _fail(f"{error.filename2 or error.filename}：没有读写的权限，或文件正在Excel里打开。关闭后再试。")
        except BrokenPipeError:
            raise  # whoever read our output has gone; click ends quietly
        except OSError as error:
            _fail(f"{error.filename2 or error.filename or ''}：不能读写：{error.strerror or error}")

    return run


class _QuarterType(click.ParamType):  # type: ignore[type-arg]
    name = "QUARTER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        try:
            return value if isinstance(value, Quarter) else Quarter.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _WorkbookType(click.Path):
    """A workbook to write: Excel refuses one under another ending."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(value))
        if path.suffix.lower() != ".xlsx":
            self.fail(f"文件名须以 .xlsx 结尾：{path}", param, ctx)
        return super().convert(value, param, ctx)


_FILE = click.Path(path_type=Path, dir_okay=False)
_WORKBOOK = _WorkbookType(path_type=Path, dir_okay=False)
_overwrite = click.option("--overwrite", is_flag=True, help="覆盖已有的文件。")
_in_language = click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default=HANS, show_default=True, help="表的语言。"
)
_as_json = click.option("--json", "as_json", is_flag=True, help="输出JSON。")


class _Program(click.Group):
    """Output into a pipe may have an encoding without Chinese: a question mark is better than a traceback."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*arguments, **options)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="xlkpi")
def main() -> None:
    """xlkpi：Excel 绩效考核表，评分标准写在表里，由Python计分。"""


@main.command()
@_as_json
@_plainly
def roles(as_json: bool) -> None:
    """列出岗位：职责、指标、权重、目标、评分标准。"""
    found = load_roles().values()
    if as_json:
        _print_json([report.role_json(role) for role in found])
        return
    table = Table("岗位", "名称", "来源", "指标数", "权重合计")
    for role in found:
        total = float(sum(role.weights.values()) * 100)
        table.add_row(role.id, role.title, role.source, str(len(role.indicators)), f"{total:g}%")
    _console().print(table)


@main.command()
@click.argument("sources", nargs=-1, metavar="[ROLE-ID | FILE.toml]...")
@_as_json
@_plainly
def lint(sources: tuple[str, ...], as_json: bool) -> None:
    """检查岗位文件：错误、有风险的写法、建议；不写岗位或文件为全部岗位。"""
    from xlkpi.lint import ADVICE
    from xlkpi.lint import lint as find

    findings = find([_role_source(source) for source in sources])
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    else:
        _print_findings(findings)
    sys.exit(_PROBLEMS if any(finding.severity != ADVICE for finding in findings) else 0)


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
    rows: dict[tuple[str, ...], list[str]] = {}
    for f in sorted(findings, key=lambda finding: list(_SEVERITIES).index(finding.severity)):
        rows.setdefault((f.severity, f.file, f.text, f.message, f.advice), []).append(f.key)
    console, table = _console(), Table(show_lines=True)
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


@main.command()
@click.argument("quarter", type=_QuarterType())
@click.option("--role", "role_ids", multiple=True, metavar="ID", help="岗位，可以写几次；不写为全部岗位。")
@click.option("-o", "--output", type=_WORKBOOK, required=True, help="写到这个文件（.xlsx）。")
@_in_language
@_overwrite
@_plainly
def new(quarter: Quarter, role_ids: tuple[str, ...], output: Path, language: str, overwrite: bool) -> None:
    """生成一个季度的考核表，如 xlkpi new 2026Q4 --role ecommerce-operations -o 表.xlsx。"""
    from xlkpi.generate import sheets_of, write_workbook

    chosen = [load_role(role_id) for role_id in dict.fromkeys(role_ids)] or list(load_roles().values())
    sheets = sheets_of(chosen, language)
    write_workbook(output, sheets, load_company(), quarter, language=language, overwrite=overwrite)
    click.echo(f"已生成 {output}：{quarter}，{len(sheets)} 张考核表。")
    for role in chosen:
        if texts := translate.untranslated(role, language):
            click.echo(f"{role.id}：{len(texts)}段文字没有{language}译文，照原样写在表里，如“{texts[0]}”。", err=True)


@main.command()
@click.argument("file", type=_FILE)
@click.option("-o", "--output", type=_WORKBOOK, help="写到这个文件；不写为 FILE-recalc.xlsx。")
@_overwrite
@_plainly
def recalc(file: Path, output: Path | None, overwrite: bool) -> None:
    """不用Excel，由Python重新计算一个工作簿。"""
    from xlkpi.recalc import recalculate

    output = output or file.with_name(f"{file.stem}-recalc.xlsx")
    try:
        content = recalculate(file.read_bytes())
    except ValueError as error:
        _fail(f"{file}：不是能打开的Excel工作簿（.xlsx）。请用Excel打开后另存为 .xlsx 再试。（{error}）")
    write_whole(output, content, overwrite=overwrite)
    click.echo(f"已重新计算，写到 {output}。")


@main.command("refresh")
@click.argument("file", type=_FILE)
@click.option("-o", "--output", type=_WORKBOOK, help="写到这个文件；不写为 FILE-refresh.xlsx。")
@_overwrite
@_as_json
@_plainly
def refresh_command(file: Path, output: Path | None, overwrite: bool, as_json: bool) -> None:
    """在表里改过评分标准以后，按表上的句子重做内置公式和说明；填写的内容不变。"""
    from xlkpi.refresh import refresh

    output = output or file.with_name(f"{file.stem}-refresh.xlsx")
    try:
        refreshed = refresh(file.read_bytes(), file.name)
    except ValueError as error:
        _fail(f"{file}：{error}")
    write_whole(output, refreshed.content, overwrite=overwrite)
    if as_json:
        _print_json(
            {"changes": list(map(asdict, refreshed.changes)), "problems": list(map(asdict, refreshed.problems))}
        )
    else:
        _print_changes(refreshed.changes)
        _print_problems(refreshed.problems)
        click.echo(f"已写到 {output}：{len(refreshed.changes)} 条评分标准换成了新的内置公式。")
    sys.exit(_PROBLEMS if refreshed.problems else 0)


def _print_changes(changes: Sequence[Change]) -> None:
    if not changes:
        return
    table = Table("表", "单元格", "指标", "评分标准", "改写为")
    for change in changes:
        rewritten = change.after if change.after != change.before else "（未改写）"
        table.add_row(*map(escape, (change.sheet, change.cell, change.label, change.before, rewritten)))
    _console().print(table)


@main.command()
@click.argument("file", type=_FILE)
@_as_json
@_plainly
def score(file: Path, as_json: bool) -> None:
    """读出填好的表，由Python计分，列出每个指标的得分与说明。"""
    filled = read(file)
    if as_json:
        _print_json(report.filled_json(filled))
    else:
        _print_filled(filled)
    sys.exit(_PROBLEMS if filled.problems else 0)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path("xlkpi-demo"))
@_in_language
@_overwrite
@_plainly
def demo(directory: Path, language: str, overwrite: bool) -> None:
    """生成全部岗位的考核表，填入示例数据，计算；列出电商运营的得分与全部岗位的排名。"""
    from xlkpi.generate import sheets_of
    from xlkpi.generate.book import build
    from xlkpi.recalc import fill, recalculate

    roles = sorted(load_roles().values(), key=lambda role: role.id != _DEMONSTRATED)  # that one first
    samples = load_samples()
    quarter = Quarter.parse(samples[_DEMONSTRATED].quarter)
    sheets = sheets_of(roles, language)
    content = build(sheets, load_company(), quarter, language)
    typed = {
        sheet.title: typed_cells(sheet.role, sample.measures, sample.person, sample.targets)
        for sheet in sheets
        if sheet.role.id in samples  # a role that somebody added may have none
        for sample in [translate.sample(samples[sheet.role.id], language)]
    }
    path = directory / f"{quarter}-{words(language)('sample_file')}.xlsx"
    write_whole(path, recalculate(fill(content, typed)), overwrite=overwrite)
    filled = read(path)
    _print_ranking(filled)
    _print_form(filled.forms[0], filled.quarter)
    click.echo(f"\n文件：{path.resolve()}")
    click.echo("用Excel、WPS或LibreOffice打开即可：改一个浅黄色格，得分随之变化。不需要安装Python。")


_DEMONSTRATED = "ecommerce-operations"


class _PictureType(click.Path):
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
@click.option("--plot", type=_PictureType(path_type=Path, dir_okay=False), help="把得分画成图，写到这个文件（.png）。")
@_as_json
@_overwrite
@_plainly
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
    try:
        explained = explanation(rule, actuals, targets, unit)
        if plot and not explained.panels:
            raise InputsError("画图要知道目标值，请用 --target 写出目标值。")
        if plot:
            from xlkpi.plot import picture

            write_whole(plot, picture([panel for panel, _ in explained.panels], rule), overwrite=overwrite)
    except InputsError as error:
        _fail(str(error), _USAGE)
    except (RuleError, ScoreError) as error:
        if as_json:
            _print_json(refusal_json(error))
            sys.exit(_USAGE if isinstance(error, RuleError) else _PROBLEMS)
        if isinstance(error, RuleError):
            _fail(refusal_text(rule, error), _USAGE)
        _fail(f"不能计分：{error}")
    if as_json:
        _print_json(explanation_json(explained))
        return
    _print_explanation(explained)
    if plot:
        click.echo(f"\n图：{plot}")


def _print_explanation(explained: Explanation) -> None:
    console = _console()
    if explained.outcome:
        console.print(escape(explained.receipt or ""), soft_wrap=True, highlight=False)
        console.print(f"得分 [bold]{escape(report.shown(explained.outcome.score))}[/bold]\n")
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
            numbers = (report.shown(row.outcome.score), report.shown(row.outcome.deducted))
            table.add_row(*map(escape, (actual, *numbers, row.note)), style="bold" if row.main else "dim")
        console.print(table)


_CELLS = {"actual": "实际完成", "target": "目标值"}


def _print_json(data: Any) -> None:
    # JSON is UTF-8 whatever the encoding of the pipe.
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False).encode())


def _print_filled(filled: Filled) -> None:
    for form in filled.forms:
        _print_form(form, filled.quarter)
    _print_problems(filled.problems)


def _print_problems(problems: Sequence[Problem]) -> None:
    console = _console()
    for problem in problems:
        where = " ".join(filter(None, (problem.file, problem.sheet, problem.cell)))
        console.print(escape(f"问题：{where}：{problem.message}。{problem.advice}"), style="red")


def _print_form(form: Form, quarter: str | None) -> None:
    console, appraisal = _console(), form.appraisal
    person = appraisal.inputs.person.get("name") or "（未填姓名）"
    table = Table(title=escape(f"{form.sheet} · {person} · {quarter or ''}"), title_justify="left")
    for heading in ("指标", "权重", "得分", "扣分", "说明"):
        table.add_column(heading, justify="right" if heading in ("权重", "得分", "扣分") else "left")
    for result in appraisal.indicators:
        table.add_row(*(escape(cell) for cell in report.indicator_row(result)))
    console.print(table)
    final = report.shown(appraisal.final) or "（数据未填完）"
    console.print(f"总分 [bold]{escape(final)}[/bold]　等级 [bold]{escape(appraisal.grade or '—')}[/bold]")
    for _, text in appraisal.alerts:
        console.print(f"提醒：{escape(text)}", style="yellow")


def _print_ranking(filled: Filled) -> None:
    table = Table("排名", "岗位", "姓名", "总分", "等级")
    ranks = report.ranks([form.appraisal.final for form in filled.forms])
    for rank, form in sorted(zip(ranks, filled.forms, strict=True), key=lambda pair: pair[0] or len(ranks) + 1):
        appraisal = form.appraisal
        name = appraisal.inputs.person.get("name", "")
        row = (str(rank or "—"), form.sheet, name, report.shown(appraisal.final), appraisal.grade or "—")
        table.add_row(*map(escape, row))
    _console().print(table)
