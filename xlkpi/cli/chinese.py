"""How a command is used, and what is wrong with how it was called, in Chinese: click itself speaks English."""

from __future__ import annotations

import difflib
import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADINGS = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}
_ARGUMENTS = {
    "QUARTER": "季度，如 2026Q4",
    "FILE": "文件",
    "FILE|DIR": "文件或文件夹",
    "DIR": "文件夹",
    "RULE": "评分标准",
}


class MisusedError(click.UsageError):
    """A command called wrongly: what is wrong, what the command does and how it is written."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"{self.message}。" if self.message[-1] not in "。？" else self.message, file, err=True)
        if self.ctx:
            click.echo(self.ctx.get_usage(), file, err=True)
            click.echo(f"各选项的意思：{self.ctx.command_path} --help", file, err=True)


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))


class _Context(click.Context):
    formatter_class = _Formatter


class _Spoken(click.Command):
    context_class = _Context

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"options_metavar": "[选项]"} | options)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            option.help = "显示这些说明。"
        return option


class Program(_Spoken, click.Group):
    """A group of commands that speaks Chinese."""

    command_class = _Spoken
    group_class = type

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"subcommand_metavar": "命令 [参数]…"} | options)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _told():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _told():
            return super().invoke(ctx)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise MisusedError(f"没有命令 {args[0]}{_near(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (MisusedError, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise MisusedError(_message(error), error.ctx) from error


def _message(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter(param=param) if param:
            name = _name(param, error.ctx)
            meaning = param.help if isinstance(param, click.Option) else _ARGUMENTS.get(name)
            return f"没有写 {name}" + (f"：{meaning}" if meaning else "")
        case click.BadParameter(param=param) if param:
            return f"{_name(param, error.ctx)}：{_wanted(param.type, error.message)}"
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}{_near(error.option_name, error.possibilities or ())}"
        case click.BadOptionUsage():
            wrong = "后面不能写内容" if "does not take" in error.message else "后面没有写内容"
            return f"选项 {error.option_name} {wrong}"
    extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", error.message)
    return f"多写了：{extra[1]}；文件名里有空格时请加双引号" if extra else error.message


def _wanted(kind: click.ParamType[Any], message: str) -> str:
    """What a parameter must be; the types of ours say it themselves."""
    given = re.search(r"'(.*?)'", message)
    what = f"“{given[1]}”" if given else "这里"
    if isinstance(kind, click.Choice):
        return f"{what}须为 {'、'.join(map(str, kind.choices))} 之一"
    if isinstance(kind, click.Path) and message.endswith((" directory.", " file.", "able.")):
        wanted = "文件或文件夹" if kind.file_okay and kind.dir_okay else "文件夹" if kind.dir_okay else "文件"
        return f"{what}须为一个能打开的{wanted}"
    if isinstance(kind, click.types.IntParamType):
        low = f"不小于{kind.min}的" if isinstance(kind, click.IntRange) and kind.min is not None else ""
        return f"{what}须为{low}整数"
    return message


def _name(param: click.Parameter, ctx: click.Context | None) -> str:
    """As it is written on the command line."""
    if isinstance(param, click.Option):
        return "/".join(param.opts)
    return param.human_readable_name if ctx is None else param.make_metavar(ctx).strip("[].…")


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 2)
    return f"，是不是 {'、'.join(near)}？" if near else ""
