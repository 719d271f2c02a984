"""Builds the site of the documents: `python docs/site/build.py [FOLDER]`, by default into build/site.

The documents are taken as they lie in the repository, so that their links to each other hold on the site and where the
code is kept. Added are the command reference, from click, and the library reference, from the docstrings. A link or an
anchor that leads nowhere ends the build, and so does a page that would load something from the network.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import xlkpi  # noqa: E402
from xlkpi.cli import main  # noqa: E402
from xlkpi.functions import FUNCTIONS  # noqa: E402
from xlkpi.i18n.languages import EN, HANS  # noqa: E402

CHINESE, BOTH, DEVELOPERS = "使用", "参考 · Reference", "开发 · Developers"
INDEX, OVERVIEW = "index.md", "overview.md"
"""What the Chinese and the English README are on the site: its first page, and that of whoever reads English."""
NAVIGATION: dict[str, list[str]] = {
    CHINESE: [
        "docs/first-quarter.zh.md",
        "docs/whole-quarter.zh.md",
        "docs/hr-guide.zh.md",
        "docs/rule-writing.zh.md",
        "docs/quarter.zh.md",
        "docs/demo.zh.md",
        "docs/addin.zh.md",
        "docs/excel-checklist.zh.md",
    ],
    "English": [OVERVIEW, "docs/addin.md"],
    BOTH: ["docs/commands.md", "docs/rules.md", "docs/programs.md", "docs/api.md", "CHANGELOG.md"],
    DEVELOPERS: [
        "docs/architecture.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/excel-checklist.md",
        "benchmarks/RESULTS.md",
        "benchmarks/PARITY.md",
    ],
}
"""Every page by its section, in order. Those that are not named come last: *.zh.md for users, others for developers."""

_COPIED = ("*.md", "LICENSE", "docs/*.md", "docs/pictures/*", "benchmarks/*.md")
_LOADED = re.compile(r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//|<link\b[^>]*\bhref="(?:https?:)?//')
"""What a page would load from the network when it is opened."""


def build(target: Path) -> None:
    """Write the site into a folder, anew. Ends the program where it cannot be built."""
    with tempfile.TemporaryDirectory(prefix="xlkpi-site-") as name:
        work = Path(name)
        pages = work / "docs"
        _copy(pages)
        (pages / "docs" / "commands.md").write_text("\n".join(_commands()), "utf-8")
        (pages / "docs" / "api.md").write_text("\n".join(_library()), "utf-8")
        config = (ROOT / "docs" / "site" / "zensical.toml").read_text("utf-8")
        config = config.replace('site_dir = "site"', f'site_dir = "site"\nnav = {_navigation(pages)}')
        config += f"\n[project.plugins.mkdocstrings.handlers.python]\npaths = [{json.dumps(str(ROOT))}]\n"
        (work / "zensical.toml").write_text(config, "utf-8")
        done = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=work, check=False)
        if done.returncode:
            sys.exit("The site was not built: see above.")
        _look(work / "site")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(work / "site", target)
    print(f"{len(list(target.rglob('*.html')))} pages in {target}")


def _copy(pages: Path) -> None:
    for file in (file for pattern in _COPIED for file in ROOT.glob(pattern)):
        copy = pages / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".md":
            text = re.sub(r"(\]\([^)]*)README\.zh\.md", rf"\1{INDEX}", file.read_text("utf-8"))
            text = re.sub(r"(\]\([^)]*)README\.md", rf"\1{OVERVIEW}", text)
            copy.write_text(text, "utf-8")
        else:
            shutil.copyfile(file, copy)
    (pages / "README.zh.md").rename(pages / INDEX)
    (pages / "README.md").rename(pages / OVERVIEW)


def _navigation(pages: Path) -> str:
    """What `nav` is in the settings: every page, also those that NAVIGATION does not name."""
    there = sorted(str(path.relative_to(pages).as_posix()) for path in pages.rglob("*.md"))
    sections = {name: [page for page in named if page in there] for name, named in NAVIGATION.items()}
    known = {INDEX, *(page for named in sections.values() for page in named)}
    for page in there:
        if page not in known:
            sections[CHINESE if page.endswith(".zh.md") else DEVELOPERS].append(page)
    entries = [{"首页": INDEX}, *({name: list(map(_entry, named))} for name, named in sections.items())]
    return json.dumps(entries, ensure_ascii=False).replace('": ', '" = ')


def _entry(page: str) -> str | dict[str, str]:
    """A page is called after its title, but for the English README, whose title is that of the project."""
    return {"Overview": page} if page == OVERVIEW else page


def _look(site: Path) -> None:
    """End the program where a page would load something from the network."""
    for page in site.rglob("*.html"):
        if found := _LOADED.search(page.read_text("utf-8")):
            sys.exit(f"{page.relative_to(site)} loads from the network: {found[0]}")


def _commands() -> Iterator[str]:
    yield "# 命令参考 · Commands\n"
    yield "由程序自己的说明生成；在命令行里用 `xlkpi 命令 --help` 看到的也是这些。\n"
    yield "Generated from what `xlkpi COMMAND --help` says.\n"
    yield from _command(main, click.Context(main, info_name="xlkpi"), 2)


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    if isinstance(command, click.Group):
        if context.parent:
            yield f"{'#' * level} {context.command_path}\n\n{_paragraphs(command)}\n"
            level += 1
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child
            yield from _command(child, click.Context(child, info_name=name, parent=context), level)
        return
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"{'#' * level} {context.command_path}\n\n{_paragraphs(command)}\n\n```\n{usage}\n```\n"
    records = [record for option in command.get_params(context) if (record := option.get_help_record(context))]
    if records:
        yield "| 选项 | 说明 |\n| --- | --- |"
        yield from (f"| <code>{_cell(option)}</code> | {_cell(help)} |" for option, help in records)
        yield ""


def _paragraphs(command: click.Command) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))


def _cell(text: str) -> str:
    return html.escape(" ".join(text.split())).replace("|", "&#124;")


def _library() -> Iterator[str]:
    yield "# 在 Python 和单元格里 · Library reference\n"
    yield "## 单元格函数 · Cell functions\n"
    for function in FUNCTIONS:
        arguments = ", ".join(f"[{one.name}]" if one.optional else one.name for one in function.arguments)
        yield f"### {function.name}\n\n```\n={function.name}({arguments})\n```\n"
        yield f"{function.help.told(HANS)}\n\n{function.help.told(EN)}\n"
        yield from (f"- `{one.name}`: {one.help.told(HANS)} · {one.help.told(EN)}" for one in function.arguments)
        yield ""
    yield "## xlkpi\n\nEverything here is imported from `xlkpi` itself: `from xlkpi import kpi_score`.\n"
    yield from (f"::: {getattr(xlkpi, name).__module__}.{name}\n" for name in xlkpi.__all__)
    yield "## The rooms\n\nWhat each room is for, and its door where its docstring names one. How they hang together:"
    yield "[Architecture](architecture.md). Only `xlkpi` and the cell functions are promised to stay as they are.\n"
    for room in sorted(path.parent.name for path in (ROOT / "xlkpi").glob("*/__init__.py")):
        text = (import_module(f"xlkpi.{room}").__doc__ or "").strip()
        yield f"### xlkpi.{room}\n\n{text}\n"
        for module, name in re.findall(r"`([\w.]+)\.(\w+)(?:\(\))?`", text):
            home = f"xlkpi.{room}.{module}"
            if find_spec(f"xlkpi.{room}.{module.split('.')[0]}") and hasattr(import_module(home), name):
                yield f"::: {home}.{name}\n    options:\n      heading_level: 4\n"


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site")
