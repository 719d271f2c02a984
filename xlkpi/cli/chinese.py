"""Help and usage errors in Chinese, because click's own are in English."""

from __future__ import annotations

import re
from contextlib import contextmanager
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

import click

from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HEADINGS = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}
_ARGUMENTS = {
    "QUARTER": "季度，如 2026Q4",
    "FILE": "文件",
    "FILE|DIR": "文件或文件夹",
    "DIR": "文件夹",
    "QUARTER|FILE|DIR": "季度（在公司文件夹里），或文件、文件夹",
    "QUARTER|DIR": "季度（在公司文件夹里），或文件夹",
    "forms|reminder|guides": "写什么信：考核表、催交、改进指南",
    "ROLE": "岗位的代号或名称",
    "RULE": "评分标准",
}
_USAGE, _OPTIONS, _COMMAND, _HELP = "用法：", "[选项]", "命令 [参数]…", "显示这些说明。"


class MisusedError(click.UsageError):
    """A command was called wrongly; it shows the message, the usage, and how to get help."""

    def show(self, file: IO[Any] | None = None) -> None:
        stops = tuple(COMMANDS("full_stops"))
        click.echo(self.message if self.message.endswith(stops) else self.message + stops[0], file, err=True)
        if self.ctx:
            click.echo(self.ctx.get_usage(), file, err=True)
            click.echo(COMMANDS("see_help", command=self.ctx.command_path), file, err=True)


_EXTRAS = (
    (re.compile(r"\[required\]"), "[必填]"),
    (re.compile(r"\[default: (.*?)\]"), r"[默认 \1]"),
    (re.compile(r"\[x>=(\d+)\]"), r"[不小于\1]"),
)
"""What click adds to the help of an option."""
_KINDS = (("INTEGER RANGE", "N"), ("DIRECTORY", "DIR"))
"""What click calls kinds of values → what we do."""


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or _USAGE)

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *arguments: Any, **options: Any) -> None:
        super().write_dl([(_short(name), _in_chinese(text)) for name, text in rows], *arguments, **options)


def _short(name: str) -> str:
    for kind, ours in _KINDS:
        name = name.replace(f" {kind}", f" {ours}")
    return name


def _in_chinese(text: str) -> str:
    for pattern, ours in _EXTRAS:
        text = pattern.sub(ours, text)
    return text


class _Context(click.Context):
    formatter_class = _Formatter


def _company_option() -> click.Option:
    """The option that every command has: whose roles and settings hold."""

    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.find_root().obj = value

    return click.Option(
        ["--company"],
        metavar="DIR",
        expose_value=False,
        callback=remember,
        help="公司文件夹；不写为当前文件夹所在的那个（其中有 公司.xlsx）。",
    )


class _ChineseCommand(click.Command):
    context_class = _Context

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"options_metavar": _OPTIONS} | options)
        if not isinstance(self, click.Group) or self.invoke_without_command:
            self.params.append(_company_option())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            option.help = _HELP
        return option


class Program(_ChineseCommand, click.Group):
    """A group of commands with help and errors in Chinese.

    modules: command → the module that adds it to the group, imported when somebody asks for the command.
    """

    command_class = _ChineseCommand
    group_class = type

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"subcommand_metavar": _COMMAND} | options)
        self.modules: dict[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.modules, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.modules:
            import_module(self.modules[cmd_name])
        return super().get_command(ctx, cmd_name)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _errors_in_chinese():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _errors_in_chinese():
            return super().invoke(ctx)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise MisusedError(_unknown("no_command", args[0], known), ctx)
        return super().resolve_command(ctx, args)


@contextmanager
def _errors_in_chinese() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, click.Abort):  # Ctrl-C
        click.echo("\n" + COMMANDS("interrupted"), err=True)
        raise click.exceptions.Exit(1) from None
    except (MisusedError, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise MisusedError(_message(error), error.ctx) from error


def _message(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter(param=param) if param:
            name = _name(param, error.ctx)
            meaning = param.help if isinstance(param, click.Option) else _ARGUMENTS.get(name)
            return COMMANDS("missing_meaning" if meaning else "missing", name=name, meaning=meaning)
        case click.BadParameter(param=param) if param:
            return COMMANDS("bad_value", name=_name(param, error.ctx), wanted=_wanted(param.type, error.message))
        case click.NoSuchOption():
            return _unknown("no_option", error.option_name, error.possibilities or ())
        case click.BadOptionUsage():
            key = "option_takes_nothing" if "does not take" in error.message else "option_takes_value"
            return COMMANDS(key, name=error.option_name)
    extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", error.message)
    return COMMANDS("too_much", extra=extra[1]) if extra else error.message


def _wanted(kind: click.ParamType[Any], message: str) -> str:
    """What a parameter must be. Our own types already say it in Chinese."""
    quoted = re.search(r"'(.*?)'", message)
    what = COMMANDS("quoted", text=quoted[1]) if quoted else COMMANDS("here")
    if isinstance(kind, click.Choice):
        return COMMANDS("wanted_choice", what=what, choices=tuple(map(str, kind.choices)))
    if isinstance(kind, click.Path) and message.endswith((" directory.", " file.", "able.")):
        places = "any" if kind.file_okay and kind.dir_okay else "folder" if kind.dir_okay else "file"
        return COMMANDS(f"wanted_{places}", what=what)
    if isinstance(kind, click.types.IntParamType):
        low = kind.min if isinstance(kind, click.IntRange) else None
        return COMMANDS("wanted_whole" if low is None else "wanted_from", what=what, low=low)
    return message


def _name(param: click.Parameter, ctx: click.Context | None) -> str:
    """The name of a parameter as people write it on the command line."""
    if isinstance(param, click.Option):
        return "/".join(param.opts)
    return param.human_readable_name if ctx is None else param.make_metavar(ctx).strip("[].…")


def _unknown(key: str, name: str, known: Sequence[str]) -> str:
    import difflib  # here, since most commands are written right

    near = difflib.get_close_matches(name, known, 2)
    return COMMANDS(f"{key}_near" if near else key, name=name, near=tuple(near))
