"""Names the files of improvement guides and renders them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from xlkpi.form.names import FileNames

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.guide.content import Guide


def named(guides: Sequence[Guide], *, by_superior: bool = True) -> list[tuple[str, Guide]]:
    """Every guide with the path of its files, without the ending: the superior's folder and the person's name.

    The staff number follows where a superior has several people of one name. Guides of people without a superior lie
    in no folder; nor do any, unless `by_superior`.
    """
    folders, in_folder = FileNames(""), dict[str, tuple[str, FileNames]]()
    named = []
    for guide in guides:
        person = guide.person
        superior = person.superior if by_superior else ""
        if superior not in in_folder:
            in_folder[superior] = (f"{folders(superior)}/" if superior else "", FileNames(".html"))
        folder, names = in_folder[superior]
        own = person.name or person.id or guide.forms[0].form.sheet
        name = names(own, person.id if person.id != own else "").removesuffix(".html")
        named.append((folder + name, guide))
    return named


Pages = list[tuple[str, bytes]]
"""Names and contents of the files of one guide."""


def rendered(
    files: Sequence[tuple[str, Guide]],
    templates: Mapping[str, bytes],
    catalogue: Catalogue,
    executor: Executor | None = None,
) -> Iterator[Pages]:
    """The files of every guide, in the order of `files`.

    templates: format → template. executor: its workers do it, if there is one. Raises `TemplateFault`; LostError for a
    guide on which every worker dies.
    """
    from xlkpi.common.parallel import mapped

    return mapped(partial(_pages, templates=templates, catalogue=catalogue), files, executor, lost=_lost)


def _pages(file: tuple[str, Guide], templates: Mapping[str, bytes], catalogue: Catalogue) -> Pages:
    from xlkpi.guide.render import render

    name, guide = file
    return [(f"{name}.{format}", render(guide, format, template, catalogue)) for format, template in templates.items()]


def _lost(file: tuple[str, Guide]) -> Pages:
    from xlkpi.common.parallel import LostError

    raise LostError(file[0])
