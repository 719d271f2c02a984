"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage)."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from xlkpi import report, translate
from xlkpi.catalogue import UnknownRoleError, load_company, load_role, load_roles
from xlkpi.files import write_whole
from xlkpi.intake import Filled, Form, read
from xlkpi.quarter import Quarter
from xlkpi.rules.language import HANS, LANGUAGES
from xlkpi.sample import load_samples, typed_cells
from xlkpi.tables import CatalogueError
from xlkpi.version import __version__
from xlkpi.words import words


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


def _print_json(data: Any) -> None:
    # JSON is UTF-8 whatever the encoding of the pipe.
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False).encode())


def _print_filled(filled: Filled) -> None:
    for form in filled.forms:
        _print_form(form, filled.quarter)
    console = _console()
    for problem in filled.problems:
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
