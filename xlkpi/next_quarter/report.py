"""Writes the report of a planned quarter (变更说明) as Markdown."""

from __future__ import annotations

import re
from importlib.resources import files

from jinja2 import Environment

from xlkpi.i18n.labels import words
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.next_quarter.plan import NextQuarter


def changes_text(next_quarter: NextQuarter) -> str:
    """The report, in its language, from `workbook_templates/changes.md.j2`."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
    environment.filters["plain"] = _plain
    template = environment.from_string((files(TEMPLATES) / "changes.md.j2").read_text("utf-8"))
    return template.render(next=next_quarter, labels=words(next_quarter.language))


def _plain(text: str) -> str:
    """A text escaped for Markdown, because names may hold any character."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(text.split()))
