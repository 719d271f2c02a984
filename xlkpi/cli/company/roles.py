"""`xlkpi roles`: lists and shows roles, copies them from the samples, checks role workbooks, exchanges TOML files."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    FOLDER,
    PROBLEMS,
    USAGE,
    WORKBOOK,
    catalogue_in_use,
    company_in_use,
    fail,
    json_option,
    main,
    may_write,
    overwrite_option,
    plainly,
    print_json,
    tell_faults,
    terminal,
)
from xlkpi.common.files import SIDE_FILES, write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.catalogue.role import Indicator, Role
    from xlkpi.role_books.check import CheckedBook

_STYLES = {ERROR: "red", WARNING: "yellow", ADVICE: "dim"}
samples_option = click.option("--samples", is_flag=True, help="用程序自带的样例，不是公司自己的。")


@main.group(invoke_without_command=True)
@samples_option
@json_option
@click.pass_context
@plainly
def roles(context: click.Context, samples: bool, as_json: bool) -> None:
    """列出岗位；看一个岗位、复制样例、检查岗位工作簿，见下面的命令。"""
    if context.invoked_subcommand is not None:
        return
    catalogue = _catalogue(samples=samples)
    if as_json:
        from xlkpi.cli.json_shapes import role_json

        print_json([role_json(role) for role in catalogue.roles().values()])
    else:
        _print_roles(catalogue)
    sys.exit(PROBLEMS if tell_faults(catalogue) else 0)


@roles.command()
@click.argument("names", nargs=-1, required=True, metavar="ROLE…")
@samples_option
@plainly
def show(names: tuple[str, ...], samples: bool) -> None:
    """看岗位的职责、指标、权重、目标值和评分标准。ROLE 是代号或名称。"""
    catalogue = _catalogue(samples=samples)
    for id in _ids(catalogue, names):
        _print_role(catalogue.role(id))


@roles.command()
@click.argument("names", nargs=-1, required=True, metavar="ROLE…")
@click.option(
    "-o", "--output", type=WORKBOOK, help="写到哪个工作簿（.xlsx）；不写为公司文件夹的 岗位/，每个岗位一个文件。"
)
@overwrite_option
@plainly
def copy(names: tuple[str, ...], output: Path | None, overwrite: bool) -> None:
    """把样例岗位复制成岗位工作簿，放进公司的 岗位/，再照自己的情况修改。ROLE 是样例的代号或名称。"""
    samples, company = _catalogue(samples=True), company_in_use()
    ids = _ids(samples, names)
    if company is not None and not overwrite:
        there = tuple(id for id in ids if id in catalogue_in_use().role_ids)
        if there:
            fail(COMMANDS("roles_there", roles=there), USAGE)
    if output is not None:
        _write_book(samples, {output: ids}, overwrite=overwrite)
    elif company is None:
        fail(COMMANDS("missing_meaning", name="-o/--output", meaning=COMMANDS("output_meaning")), USAGE)
    else:
        from xlkpi.form.names import FileNames

        file_name = FileNames()
        paths = {company.roles / file_name(samples.role(id).title): (id,) for id in ids}
        _write_book(samples, paths, overwrite=overwrite)


@roles.command()
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE]…")
@click.option("-o", "--output", type=WORKBOOK, help="写一份副本（.xlsx），有问题的单元格标色并加批注；只能查一个文件。")
@json_option
@overwrite_option
@plainly
def check(files: tuple[Path, ...], output: Path | None, as_json: bool, overwrite: bool) -> None:
    """检查岗位工作簿：错误、有风险的写法、建议，逐格列出；不写文件为公司的 岗位/ 里的全部工作簿。"""
    from xlkpi.catalogue.workbooks.kept import issued_roles
    from xlkpi.role_books.check import check_books
    from xlkpi.xlsx.archive import attempt, content_of

    named = {path: str(path) for path in files} or _company_books()
    if output is not None and len(named) != 1:
        fail(COMMANDS("roles_mark_one"), USAGE)
    for path in named:
        path.stat()  # a file that is not there is wrong usage; one that cannot be read is a problem like others
        if output is not None:
            may_write(output, path, overwrite=overwrite)
    contents = {path: attempt(name, HANS, partial(content_of, path)) for path, name in named.items()}
    company = company_in_use()
    issued = issued_roles(company.path) if company is not None else []
    others = frozenset(catalogue_in_use().role_ids) if issued else frozenset[str]()
    checked = check_books([(named[path], content) for path, content in contents.items()], issued, others)
    if as_json:
        print_json([asdict(problem) for book in checked for problem in book.problems])
    else:
        for book in checked:
            _print_checked(book)
    content = next(iter(contents.values()))
    if output is not None and isinstance(content, bytes):
        _write_marked(content, checked[0], output, overwrite=overwrite, quietly=as_json)
    sys.exit(0 if all(book.fine for book in checked) else PROBLEMS)


@roles.command("export")
@click.argument("names", nargs=-1, required=True, metavar="ROLE…")
@click.option(
    "--format", "kind", type=click.Choice(["toml", "xlsx"]), default="toml", show_default=True, help="写成哪种文件。"
)
@click.option("-o", "--output", type=FOLDER, required=True, help="放到哪个文件夹；每个岗位一个文件。")
@samples_option
@overwrite_option
@plainly
def export_roles(names: tuple[str, ...], kind: str, output: Path, samples: bool, overwrite: bool) -> None:
    """把岗位写成 TOML 文件或工作簿，与别的公司或程序交换。ROLE 是代号或名称。"""
    catalogue = _catalogue(samples=samples)
    ids = _ids(catalogue, names)
    if kind == "xlsx":
        _write_book(catalogue, {output / f"{id}.xlsx": (id,) for id in ids}, overwrite=overwrite)
        return
    from xlkpi.role_books.draft import whole_data
    from xlkpi.role_books.exchange import role_file

    texts = {output / f"{id}.toml": role_file(whole_data(catalogue.versions(id))) for id in ids}
    _write_all({path: text.encode() for path, text in texts.items()}, overwrite=overwrite)


@roles.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
@click.option("-o", "--output", type=WORKBOOK, required=True, help="写到哪个工作簿（.xlsx），如 岗位/客服.xlsx。")
@overwrite_option
@plainly
def import_roles(files: tuple[Path, ...], output: Path, overwrite: bool) -> None:
    """把岗位的 TOML 文件写进一个岗位工作簿。"""
    from xlkpi.catalogue.role_file import read_versions
    from xlkpi.role_books.book import role_book
    from xlkpi.role_books.draft import draft_of, whole_data

    drafts = [draft_of(whole_data(read_versions(path))) for path in files]
    _write_all({output: role_book(drafts)}, overwrite=overwrite)


# --- what they share --------------------------------------------------------------------------------------------------


def _catalogue(*, samples: bool) -> Catalogue:
    """The samples, or the catalogue in use: without a company's folder these are the same."""
    if not samples:
        return catalogue_in_use()
    from xlkpi.catalogue.catalogue import Catalogue

    return Catalogue.shipped()


def _ids(catalogue: Catalogue, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of roles by id or title, each once. Exits with a message where there is none of a name."""
    by_title = {role.title: id for id, role in catalogue.roles().items()}
    for name in names:
        if name not in by_title and name not in catalogue.role_ids:
            fail(COMMANDS("roles_no_such", role=name, known=tuple(catalogue.role_ids)), USAGE)
    return tuple(dict.fromkeys(name if name in catalogue.role_ids else by_title[name] for name in names))


def _company_books() -> dict[Path, str]:
    """The role workbooks of the company's folder, and their names for messages."""
    company = company_in_use()
    if company is None:
        fail(COMMANDS("roles_no_files"), USAGE)
    folder = company.roles
    paths = sorted(folder.glob("*.xlsx")) if folder.is_dir() else []
    found = {path: f"{folder.name}/{path.name}" for path in paths if not path.name.startswith(SIDE_FILES)}
    if not found:
        fail(COMMANDS("roles_none", path=folder), USAGE)
    return found


def _write_book(catalogue: Catalogue, paths: Mapping[Path, Sequence[str]], *, overwrite: bool) -> None:
    from xlkpi.role_books.book import role_book
    from xlkpi.role_books.draft import draft_of, whole_data

    contents = {
        path: role_book([draft_of(whole_data(catalogue.versions(id))) for id in ids]) for path, ids in paths.items()
    }
    _write_all(contents, overwrite=overwrite)


def _write_all(contents: Mapping[Path, bytes], *, overwrite: bool) -> None:
    """Write files; none at all where one of them exists already."""
    if not overwrite:
        for path in contents:
            if path.exists():
                raise FileExistsError(path)
    for path, content in contents.items():
        write_whole(path, content, overwrite=overwrite)
        click.echo(COMMANDS("roles_written", path=path))


def _write_marked(content: bytes, checked: CheckedBook, output: Path, *, overwrite: bool, quietly: bool) -> None:
    from xlkpi.role_books.check import marked

    try:
        copy = marked(content, checked)
    except UnreadableError as error:
        fail(COMMANDS("cannot_mark", HANS, file=checked.file, error=error.in_language(HANS)))
    write_whole(output, copy, overwrite=overwrite)
    if not quietly:
        count = len({(problem.sheet, problem.cell) for problem in checked.to_mark})
        click.echo(COMMANDS("marked", HANS, count=count, path=output))


# --- tables -----------------------------------------------------------------------------------------------------------


def _print_roles(catalogue: Catalogue) -> None:
    from rich.table import Table

    table = Table(*(COMMANDS(f"roles_{key}") for key in ("id", "title", "source", "indicators", "weights")))
    all_roles = catalogue.roles().values()
    for role in all_roles:
        total = float(sum(role.weights.values()) * 100)
        table.add_row(role.id, role.title, role.source, str(len(role.indicators)), f"{total:g}%")
    if all_roles:
        terminal().print(table)
    else:
        click.echo(COMMANDS("roles_empty"))


def _print_role(role: Role) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = terminal()
    title = COMMANDS("roles_of", title=role.title, id=role.id, start=role.effective_from, source=role.source)
    console.print(escape(title), style="bold")
    for duty in role.duties:
        console.print(escape(COMMANDS("roles_duty", heading=duty.heading, text=duty.text)))
    table = Table(show_lines=True)
    for key in ("dimension", "indicator", "weight", "target", "unit", "rule"):
        table.add_column(COMMANDS(f"roles_{key}"), overflow="fold")
    for indicator in role.indicators:
        weight = f"{float(role.weights[indicator.id] * 100):.4g}%"
        cells = (indicator.group, indicator.label, weight, _targets(indicator, role), indicator.unit)
        table.add_row(*map(escape, (*cells, indicator.rule_text)))
    console.print(table)


def _targets(indicator: Indicator, role: Role) -> str:
    """The targets of an indicator as people read them, one a line."""
    from xlkpi.catalogue.units import is_percent
    from xlkpi.i18n.numbers import number_text
    from xlkpi.role_books.content import formula_in_names

    lines = []
    for part in indicator.parts:
        text = ""
        if part.target is not None:
            text = number_text(part.target, is_percent(part.unit), words(HANS))
        elif part.target_formula is not None:
            text = formula_in_names(part.target_formula.text, role.labels)
        lines.append(text)
    return "\n".join(lines).rstrip()


def _print_checked(book: CheckedBook) -> None:
    from rich.markup import escape
    from rich.table import Table

    console, labels = terminal(), words(HANS)
    fine = tuple(one.versions[-1].role.title for one in book.sheets if one.versions is not None)
    if fine:
        console.print(escape(COMMANDS("roles_fine", file=book.file, roles=fine)))
    if not book.problems:
        return
    table = Table(title=escape(book.file), title_justify="left")
    for key in ("col_sheet", "col_cell", "", "col_problem", "col_what_to_do"):
        table.add_column(labels(key) if key else "", overflow="fold")  # Chinese has no spaces to wrap at
    for problem in book.problems:
        severity = labels(f"severity_{problem.severity}")
        row = (problem.sheet or "", problem.cell or "", severity, problem.message, problem.advice)
        table.add_row(*map(escape, row), style=_STYLES[problem.severity])
    console.print(table)
