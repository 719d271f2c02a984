"""Which posts share a workbook, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames
from xlkpi.i18n.labels import words

if TYPE_CHECKING:
    from xlkpi.common.assignment import Post

GROUPINGS = ("superior", "department", "person", "none")


def grouped(posts: Iterable[Post], quarter: Quarter, by: str, language: str) -> dict[str, list[Post]]:
    """The posts by the name of their file; the groups in the order of their first posts."""
    said = words(language)
    kinds: dict[str, Callable[[Post], tuple[str, str, str]]] = {
        "superior": lambda post: (post.superior, post.superior or said("no_superior"), ""),
        "department": lambda post: (post.department, post.department or said("no_department"), ""),
        "person": lambda post: (post.id, post.name, post.id),
        "none": lambda post: ("", said("forms_file"), ""),
    }
    groups: dict[tuple[str, str, str], list[Post]] = {}
    for post in posts:
        groups.setdefault(kinds[by](post), []).append(post)
    names = FileNames()
    namesakes = [text for _, text, apart in groups if apart]
    return {
        names(f"{quarter}-{text}", apart, always=namesakes.count(text) > 1): members
        for (_, text, apart), members in groups.items()
    }
