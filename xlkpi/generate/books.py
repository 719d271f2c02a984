"""The workbooks of a quarter, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from xlkpi.catalogue import load_company
from xlkpi.generate.book import sheets_of_posts, workbook
from xlkpi.post import Post
from xlkpi.quarter import Quarter
from xlkpi.rules.language import HANS
from xlkpi.work import LostError, chunks, mapped

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
