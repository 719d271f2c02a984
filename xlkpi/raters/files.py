"""Names the workbooks of raters."""

from __future__ import annotations

from collections.abc import Mapping

from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames
from xlkpi.i18n.labels import words


def file_names(raters: Mapping[str, str], quarter: Quarter, language: str) -> dict[str, str]:
    """Staff number → file name, with the number where two raters have one name. raters: number → name."""
    names, people = FileNames(), [*raters.values()]
    return {
        rater: names(words(language)("raters_file", quarter=quarter, name=name), rater, always=people.count(name) > 1)
        for rater, name in raters.items()
    }
