"""The pages of the overview for the browser: `collect --html FILE`, and one for each department with `--by`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import USAGE, fail
from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.collect.collection import Collection
    from xlkpi.collect.overview.facts import Facts

_ENDINGS = (".html", ".htm")


@dataclass(frozen=True)
class Pages:
    """Which pages are wanted. html: the file, or with `by` the folder; None for none. overwrite: what is there."""

    html: Path | None
    by: str | None
    overwrite: bool

    def check(self) -> None:
        """Exit, before anything is read, where no page can be written there. Raises FileExistsError."""
        html = self.html
        if html is None:
            if self.by is not None:
                fail(COMMANDS("by_without_html"), USAGE)
        elif self.by is not None:
            if html.exists() and not html.is_dir():
                fail(COMMANDS("html_folder", path=html), USAGE)
        elif html.is_dir() or html.suffix.lower() not in _ENDINGS:
            fail(COMMANDS("html_file", path=html), USAGE)
        elif html.exists() and not self.overwrite:
            raise FileExistsError(html)

    def of(self, collection: Collection, facts: Facts) -> list[tuple[Path, bytes]]:
        """The pages and where they go. Raises FileExistsError for one that is there."""
        html, language = self.html, collection.language
        if html is None:
            return []
        from xlkpi.collect.overview.page.files import department_pages, whole_page

        if self.by is None:
            return [(html, whole_page(collection, facts, language))]
        pages = [(html / name, content) for name, content in department_pages(collection, facts, language)]
        for path, _ in pages:
            if path.exists() and not self.overwrite:
                raise FileExistsError(path)
        return pages

    def write(self, pages: Sequence[tuple[Path, bytes]]) -> None:
        """Write the pages, each whole or not at all."""
        for path, content in pages:
            write_whole(path, content, overwrite=self.overwrite)

    def tell(self, pages: Sequence[tuple[Path, bytes]], language: str) -> None:
        """Say where the pages are."""
        if self.html is not None:
            key = "page_written" if self.by is None else "pages_written"
            click.echo(COMMANDS(key, language, path=self.html, count=len(pages)))
