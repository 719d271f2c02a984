"""What all commands share: the group `main`, options, exit codes, and short messages instead of tracebacks."""

from __future__ import annotations

import io
import json
import re
import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from xlkpi.cli.chinese import Program
from xlkpi.common.files import is_folder, reason
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.resources import printable
from xlkpi.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.common.company_folder import CompanyFolder
    from xlkpi.i18n.problems import Problem

T = TypeVar("T")


_TOLD = "xlkpi.company"
"""Where a command remembers that it has named the company's folder."""


def company_in_use() -> CompanyFolder | None:
    """The company folder that commands use: the one of `--company`, of XLKPI_COMPANY, else the one that the current
    folder lies in; None without any.

    Exits with a message where a named folder is none.
    """
    from xlkpi.common.company_folder import SETTINGS, find_company, named_company

    context = click.get_current_context(silent=True)
    named = (context.find_root().obj if context else None) or named_company()
    if named is None:
        return find_company(Path.cwd())
    if not (Path(named) / SETTINGS).is_file():
        fail(COMMANDS("no_company", path=named, file=SETTINGS), USAGE)
    return find_company(Path(named))


def catalogue_in_use() -> Catalogue:
    """The catalogue that commands use: the company's, which is named on standard error, else the shipped one.

    Raises `CatalogueError` where the settings cannot be read: that is no fault of any file that came back.
    """
    from xlkpi.catalogue.catalogue import Catalogue

    company = company_in_use()
    if company is None:
        return Catalogue.shipped()
    context = click.get_current_context(silent=True)
    if context is not None and not context.meta.setdefault(_TOLD, False):
        click.echo(COMMANDS("company_in_use", path=company.path), err=True)
        context.meta[_TOLD] = True
    catalogue = Catalogue.of_company(company)
    catalogue.company()
    return catalogue


def tell_faults(catalogue: Catalogue) -> bool:
    """Print the faults of the role files, whose roles are left out, and return whether there are some."""
    faults = catalogue.faults()
    if faults:
        click.echo(COMMANDS("company_faults", count=len(faults)), err=True)
        for fault in faults:
            click.echo(f"  {printable(str(fault))}", err=True)
    return bool(faults)


def terminal() -> Console:
    """A console on standard output, for tables."""
    from rich.console import Console

    # A pipe has no width of its own, and receipts need room.
    return Console() if sys.stdout.isatty() else Console(width=150)


def progress(items: Iterable[T], what: str, total: int, *, quiet: bool = False) -> Iterable[T]:
    """The items, with a progress bar on standard error if that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(items, what, total, console=console, transient=True, disable=quiet or not console.is_terminal)


PROBLEMS, USAGE = 1, 2
"""Exit codes: files have problems or cannot be used; the command was called wrongly."""


def fail(message: str, code: int = PROBLEMS) -> NoReturn:
    """Print a message to standard error and exit with the code."""
    click.echo("\n".join(map(printable, message.split("\n"))), err=True)
    sys.exit(code)


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Decorate a command so that every error ends it with a short message, never with a traceback."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except FileExistsError as error:
            fail(COMMANDS("exists", path=error), USAGE)
        except FileNotFoundError as error:
            key = "no_file" if Path(str(error.filename)).suffix else "no_folder"
            fail(COMMANDS(key, path=error.filename), USAGE)
        except PermissionError as error:
            path = error.filename2 or error.filename
            fail(COMMANDS("denied_folder" if path and is_folder(path) else "denied", path=path))
        except BrokenPipeError:
            raise  # the reader of our output has gone; click ends quietly
        except OSError as error:
            fail(COMMANDS("cannot", path=error.filename2 or error.filename or COMMANDS("output"), reason=reason(error)))
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:  # click would say it in English
            fail(COMMANDS("interrupted"))
        except Exception as error:
            _fail_with(error)

    return run


def _fail_with(error: Exception) -> NoReturn:
    from xlkpi.addin.errors import AddinError
    from xlkpi.catalogue.catalogue import UnknownRoleError
    from xlkpi.catalogue.toml import CatalogueError
    from xlkpi.i18n.extras import MissingExtraError
    from xlkpi.i18n.problems import UnreadableError, unforeseen

    if isinstance(error, AddinError | CatalogueError | UnreadableError):
        fail(str(error), USAGE if isinstance(error, UnknownRoleError | MissingExtraError) else PROBLEMS)
    fail(str(unforeseen(error)))


class QuarterType(click.ParamType):  # type: ignore[type-arg]
    """A quarter such as 2026Q4."""

    name = "QUARTER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        try:
            return value if isinstance(value, Quarter) else Quarter.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def may_write(output: Path, source: Path, *, overwrite: bool) -> None:
    """Exit where a changed copy of a file may not be written there: what somebody sent is never changed."""
    if output.resolve() == source.resolve() or (output.exists() and source.exists() and output.samefile(source)):
        fail(COMMANDS("copy_other_file"), USAGE)
    if output.exists() and not overwrite:
        raise FileExistsError(output)


class WorkbookType(click.Path):
    """A workbook to write, which must end in .xlsx because Excel does not open it otherwise."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(value))
        if path.suffix.lower() != ".xlsx":
            self.fail(COMMANDS("ending", ending=".xlsx", path=path), param, ctx)
        return super().convert(value, param, ctx)


class PackageType(click.ParamType):  # type: ignore[type-arg]
    """The package for xlwings Lite to install: a version of xlkpi, or the https address of a wheel."""

    name = "PACKAGE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"xlkpi==[\w.]+|https://[^\s#]+\.whl", value):
            self.fail(COMMANDS("package", value=value), param, ctx)
        return str(value)


# readable=False: what may not be read is no wrong usage, and keeps no other file from being read.
FILE = click.Path(path_type=Path, dir_okay=False, readable=False)
WORKBOOK = WorkbookType(path_type=Path, dir_okay=False)
overwrite_option = click.option("--overwrite", is_flag=True, help="覆盖已有的文件。")
language_option = click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default=HANS, show_default=True, help="表的语言。"
)
lite_package_option = click.option(
    "--lite-package",
    type=PackageType(),
    help=f"xlwings Lite 安装的包；不写为 xlkpi=={__version__}，也可以是wheel的网址。",
)
json_option = click.option("--json", "as_json", is_flag=True, help="输出JSON。")


class _Program(Program):
    """Replaces characters that the encoding of a pipe lacks by question marks, instead of failing with a traceback."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*arguments, **options)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="xlkpi", help="显示版本。")
def main() -> None:
    """xlkpi：Excel 绩效考核表，评分标准写在表里，由Python计分。"""


def print_json(data: Any) -> None:
    """Print JSON in UTF-8, whatever the encoding of the pipe."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False).encode())


def print_problems(problems: Sequence[Problem], language: str = HANS) -> None:
    """Print a line for each problem. language: that of the problems."""
    from rich.markup import escape

    console = terminal()
    for problem in problems:
        where = " ".join(filter(None, (problem.file, problem.sheet, problem.cell)))
        key = "problem" if where else "problem_anywhere"
        line = COMMANDS(key, language, where=where, message=problem.message, advice=problem.advice)
        console.print(escape(line), style="red", soft_wrap=True)


FOLDER = click.Path(path_type=Path, file_okay=False, readable=False)
