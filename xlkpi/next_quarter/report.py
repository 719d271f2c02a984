"""变更说明: what changes from one quarter's forms to the next one's, as Markdown and as JSON."""

from __future__ import annotations

import re
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from jinja2 import Environment

from xlkpi.common.files import TEMPLATES
from xlkpi.i18n.labels import words
from xlkpi.next_quarter.plan import NextQuarter


def changes_text(next_quarter: NextQuarter, language: str) -> str:
    """The report in a language, from `workbook_templates/changes.md.j2`."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
    environment.filters["plain"] = _plain
    template = environment.from_string((files(TEMPLATES) / "changes.md.j2").read_text("utf-8"))
    return template.render(next=next_quarter, said=words(language))


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: names may hold anything."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def changes_json(next_quarter: NextQuarter) -> dict[str, Any]:
    """`next --json`."""
    return {
        "before": str(next_quarter.before),
        "quarter": str(next_quarter.quarter),
        "files": [{"file": b.name, "sheets": [sheet.title for sheet in b.sheets]} for b in next_quarter.books],
        "roles": [asdict(role) for role in next_quarter.roles],
        "people": [asdict(person) for person in next_quarter.people],
        "gone": [asdict(one) for one in next_quarter.gone],
        "duplicates": [asdict(one) for one in next_quarter.duplicates],
        "problems": [asdict(problem) for problem in next_quarter.problems],
    }
