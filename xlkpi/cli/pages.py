"""The pages of the overview for the browser: `collect --html FILE`, and one for each department with `--by`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import USAGE, fail
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.collect.collection import Collection
    from xlkpi.collect.overview.figures import Facts

_ENDINGS = (".html", ".htm")


def check_page(html: Path | None, by: str | None, *, overwrite: bool) -> None:
    """Exit before anything is read where no page can be written to `html`. Raises FileExistsError."""
    if html is None:
        if by is not None:
            fail(COMMANDS("by_without_html"), USAGE)
    elif by is not None:
        if html.exists() and not html.is_dir():
            fail(COMMANDS("html_folder", path=html), USAGE)
    elif html.is_dir() or html.suffix.lower() not in _ENDINGS:
        fail(COMMANDS("html_file", path=html), USAGE)
    elif html.exists() and not overwrite:
        raise FileExistsError(html)


def pages_of(
    collection: Collection, facts: Facts, html: Path | None, by: str | None, language: str
) -> list[tuple[Path, bytes]]:
    """The pages and where they go; none where no page is wanted."""
    if html is None:
        return []
    from xlkpi.collect.overview.page.files import department_pages, whole_page

    if by is None:
        return [(html, whole_page(collection, facts, language))]
    return [(html / name, content) for name, content in department_pages(collection, facts, language)]


def refuse_existing(pages: Sequence[tuple[Path, bytes]], *, overwrite: bool) -> None:
    """Raise FileExistsError for a page that is there and may not be overwritten, before anything is written."""
    for path, _ in pages:
        if path.exists() and not overwrite:
            raise FileExistsError(path)


def print_pages(pages: Sequence[tuple[Path, bytes]], html: Path | None, language: str) -> None:
    """Say where the pages are."""
    if pages:
        key = "page_written" if len(pages) == 1 and pages[0][0] == html else "pages_written"
        click.echo(COMMANDS(key, language, path=html, count=len(pages)))
