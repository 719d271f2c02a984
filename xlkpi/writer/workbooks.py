"""The workbooks of a quarter, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from xlkpi.catalogue.load import load_company
from xlkpi.common.assignment import Post
from xlkpi.common.parallel import LostError, chunks, mapped
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.writer.workbook import sheets_of_posts, workbook

FORMS = 20
"""Forms that a worker makes at a time at least: less than that costs more to send than to make."""

_Group = tuple[str, Sequence[Post]]


def workbooks(
    groups: Mapping[str, Sequence[Post]],
    quarter: Quarter,
    language: str = HANS,
    lite: str | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Name and content of the workbook of every group of posts; by the workers of an executor if there is one.

    The workers take roles and company from the catalogue where they are. Raises `UnknownRoleError`; LostError for
    workbooks of which every worker dies.
    """
    work = partial(_made, quarter=quarter, language=language, lite=lite)
    batches = chunks(groups.items(), lambda group: len(group[1]), 1 if executor is None else FORMS)
    for made in mapped(work, batches, executor, lost=_lost):
        yield from made


def _made(groups: Sequence[_Group], quarter: Quarter, language: str, lite: str | None) -> list[tuple[str, bytes]]:
    company = load_company()
    return [
        (name, workbook(sheets_of_posts(posts, language, quarter), company, quarter, language, lite))
        for name, posts in groups
    ]


def _lost(groups: Sequence[_Group]) -> list[tuple[str, bytes]]:
    raise LostError("、".join(name for name, _ in groups))
