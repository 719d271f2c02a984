"""Commands about forms: roles, new, recalc, refresh, score, demo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    USAGE,
    WORKBOOK,
    QuarterType,
    fail,
    json_option,
    language_option,
    lite_package_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
    terminal,
)
from xlkpi.cli.roster import new_from_roster
from xlkpi.cli.workers import dask_option, jobs_option
from xlkpi.common.files import shown_name, write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.problems import UnreadableError
from xlkpi.roster.grouping import GROUPINGS

if TYPE_CHECKING:
    from xlkpi.check.refresh import Change
    from xlkpi.intake.workbook import Filled, Form


@main.command()
@json_option
@plainly
def roles(as_json: bool) -> None:
    """列出岗位：职责、指标、权重、目标、评分标准。"""
    from xlkpi.catalogue.load import load_roles

    found = load_roles().values()
    if as_json:
        from xlkpi.appraisal.report import role_json

        print_json([role_json(role) for role in found])
        return
    from rich.table import Table

    table = Table("岗位", "名称", "来源", "指标数", "权重合计")
    for role in found:
        total = float(sum(role.weights.values()) * 100)
        table.add_row(role.id, role.title, role.source, str(len(role.indicators)), f"{total:g}%")
    terminal().print(table)


@main.command()
@click.argument("quarter", type=QuarterType())
@click.option(
    "--role",
    "role_ids",
    multiple=True,
    metavar="ID",
    help="岗位的代号或名称（xlkpi roles 列出），可以写几次；不写为全部岗位。",
)
@click.option("--roster", type=FILE, help="按名册生成，每人一张表（.xlsx 或 .csv）。")
@click.option("--by", type=click.Choice(GROUPINGS), help="名册怎样分文件；不写为按直接上级（superior）。")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="写到这个文件（.xlsx）；用名册时为文件夹。"
)
@language_option
@click.option(
    "--functions",
    type=click.Choice(["python", "lite"]),
    default="python",
    show_default=True,
    help="得分公式用哪里的函数：python 为本机的加载项，lite 为 xlwings Lite（代码在表里，不需要安装Python）。",
)
@lite_package_option
@jobs_option
@dask_option
@overwrite_option
@plainly
def new(
    quarter: Quarter,
    role_ids: tuple[str, ...],
    roster: Path | None,
    by: str | None,
    output: Path,
    language: str,
    functions: str,
    lite_package: str | None,
    jobs: int | None,
    cluster: str | None,
    overwrite: bool,
) -> None:
    """生成一个季度的考核表，如 xlkpi new 2026Q4 --roster 名册.xlsx -o 2026Q4。

    没有名册时按岗位生成一个文件：xlkpi new 2026Q4 --role ecommerce-operations -o 表.xlsx。
    """
    from xlkpi.catalogue import translate
    from xlkpi.catalogue.load import load_company, load_role, load_roles
    from xlkpi.writer.workbook import sheets_of, write_workbook

    if lite_package and functions != "lite":
        fail("--lite-package 要和 --functions lite 一起用。", USAGE)
    lite = None
    if functions == "lite":
        from xlkpi.writer.lite import PACKAGE

        lite = lite_package or PACKAGE
        if not lite_package:
            click.echo(
                f"打开这些表的 xlwings Lite 会从公共的软件包库安装 {PACKAGE}：发给大家以前请确认它是 xlkpi 发布的。"
                "公司自己存放安装包的，用 --lite-package 写它的地址。",
                err=True,
            )
    if roster:
        if role_ids:
            fail("--role 与 --roster 不能一起用：名册里写着各人的岗位。", USAGE)
        if output.suffix.lower() == ".xlsx":
            fail(f"用名册时 -o 须为文件夹，不是文件：{output}", USAGE)
        new_from_roster(quarter, roster, output, by or GROUPINGS[0], language, lite, jobs, cluster, overwrite=overwrite)
        return
    if jobs or cluster:
        fail("--jobs、--dask 要和 --roster 一起用。", USAGE)
    if by:
        fail("--by 要和 --roster 一起用。", USAGE)
    if output.suffix.lower() != ".xlsx":
        fail(f"文件名须以 .xlsx 结尾：{output}", USAGE)
    named = {role.title: role.id for role in load_roles().values()} if role_ids else {}
    ids = dict.fromkeys(named.get(role_id, role_id) for role_id in role_ids)
    chosen = [load_role(role_id, quarter) for role_id in ids] or [*load_roles(quarter).values()]
    if not chosen:
        fail(f"{quarter}还没有岗位：各岗位的 effective_from 都在这以后。", USAGE)
    sheets = sheets_of(chosen, language)
    write_workbook(output, sheets, load_company(), quarter, language=language, lite=lite, overwrite=overwrite)
    click.echo(f"已生成 {output}：{quarter}，{len(sheets)} 张考核表。")
    for role in chosen:
        if texts := translate.untranslated(role, language):
            click.echo(f"{role.id}：{len(texts)}段文字没有{language}译文，照原样写在表里，如“{texts[0]}”。", err=True)


@main.command()
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件；不写为 FILE-recalc.xlsx。")
@overwrite_option
@plainly
def recalc(file: Path, output: Path | None, overwrite: bool) -> None:
    """不用Excel，由Python重新计算一个工作簿。"""
    from xlkpi.calc.sandbox import recalculated
    from xlkpi.xlsx.archive import content_of

    output = output or file.with_name(f"{file.stem}-recalc.xlsx")
    try:
        content = recalculated(content_of(file))
    except UnreadableError as error:
        fail(f"{file}：{error}")
    write_whole(output, content, overwrite=overwrite)
    click.echo(f"已重新计算，写到 {output}。")


@main.command("refresh")
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件；不写为 FILE-refresh.xlsx。")
@overwrite_option
@json_option
@plainly
def refresh_command(file: Path, output: Path | None, overwrite: bool, as_json: bool) -> None:
    """在表里改过评分标准以后，按表上的句子重做内置公式和说明；填写的内容不变。"""
    from xlkpi.check.refresh import refresh
    from xlkpi.xlsx.archive import content_of

    output = output or file.with_name(f"{file.stem}-refresh.xlsx")
    try:
        refreshed = refresh(content_of(file), shown_name(file))
    except UnreadableError as error:
        fail(f"{file}：{error}")
    write_whole(output, refreshed.content, overwrite=overwrite)
    if as_json:
        print_json({"changes": list(map(asdict, refreshed.changes)), "problems": list(map(asdict, refreshed.problems))})
    else:
        _print_changes(refreshed.changes)
        print_problems(refreshed.problems)
        click.echo(f"已写到 {output}：{len(refreshed.changes)} 条评分标准换成了新的内置公式。")
    sys.exit(PROBLEMS if refreshed.problems else 0)


def _print_changes(changes: Sequence[Change]) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not changes:
        return
    table = Table("表", "单元格", "指标", "评分标准", "改写为")
    for change in changes:
        rewritten = change.after if change.after != change.before else "（未改写）"
        table.add_row(*map(escape, (change.sheet, change.cell, change.label, change.before, rewritten)))
    terminal().print(table)


@main.command()
@click.argument("file", type=FILE)
@json_option
@plainly
def score(file: Path, as_json: bool) -> None:
    """读出填好的表，由Python计分，列出每个指标的得分与说明。"""
    from xlkpi.appraisal.report import filled_json
    from xlkpi.intake.workbook import read

    filled = read(file)
    if as_json:
        print_json(filled_json(filled))
    else:
        _print_filled(filled)
    sys.exit(PROBLEMS if filled.problems else 0)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path("xlkpi-demo"))
@language_option
@overwrite_option
@plainly
def demo(directory: Path, language: str, overwrite: bool) -> None:
    """生成全部岗位的考核表，填入示例数据，计算；列出电商运营的得分与全部岗位的排名。"""
    from xlkpi.calc.engine import fill, recalculate
    from xlkpi.catalogue import translate
    from xlkpi.catalogue.load import load_company, load_roles
    from xlkpi.catalogue.sample import load_samples, typed_cells
    from xlkpi.intake.workbook import read
    from xlkpi.writer.workbook import build, sheets_of

    samples = load_samples()
    quarter = Quarter.parse(samples[_DEMONSTRATED].quarter)
    roles = sorted(load_roles(quarter).values(), key=lambda role: role.id != _DEMONSTRATED)  # that one first
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


def _print_filled(filled: Filled) -> None:
    for form in filled.forms:
        _print_form(form, filled.quarter)
    print_problems(filled.problems)


def _print_form(form: Form, quarter: str | None) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.appraisal.report import indicator_row, shown

    console, appraisal = terminal(), form.appraisal
    person = appraisal.inputs.person.get("name") or "（未填姓名）"
    table = Table(title=escape(f"{form.sheet} · {person} · {quarter or ''}"), title_justify="left")
    for heading in ("指标", "权重", "得分", "扣分", "说明"):
        table.add_column(heading, justify="right" if heading in ("权重", "得分", "扣分") else "left", overflow="fold")
    for result in appraisal.indicators:
        table.add_row(*(escape(cell) for cell in indicator_row(result)))
    console.print(table)
    final = shown(appraisal.final) or "（数据未填完）"
    console.print(f"总分 [bold]{escape(final)}[/bold]　等级 [bold]{escape(appraisal.grade or '—')}[/bold]")
    for _, text in appraisal.alerts:
        console.print(f"提醒：{escape(text)}", style="yellow")


def _print_ranking(filled: Filled) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.appraisal.report import ranks, shown

    table = Table("排名", "岗位", "姓名", "总分", "等级")
    places = ranks([form.appraisal.final for form in filled.forms])
    for rank, form in sorted(zip(places, filled.forms, strict=True), key=lambda pair: pair[0] or len(places) + 1):
        appraisal = form.appraisal
        name = appraisal.inputs.person.get("name", "")
        row = (str(rank or "—"), form.sheet, name, shown(appraisal.final), appraisal.grade or "—")
        table.add_row(*map(escape, row))
    terminal().print(table)
