"""Words that forms hold which were sent before the words were changed, from `workbook_templates/former.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from xlkpi.i18n.resources import TEMPLATES

_LITERAL = re.compile(r'"((?:[^"]|"")*)"')


@cache
def former_words(language: str) -> Mapping[str, str]:
    """Former words → those of today, in one language of the forms; empty where none were changed."""
    import tomllib  # here, as in labels

    tables = tomllib.loads((files(TEMPLATES) / "former.toml").read_text("utf-8"))
    return {former: now for now, texts in tables.get(language, {}).items() for former in texts}


def in_words_of_today(formula: str, language: str) -> str:
    """A formula with the text constants of today in place of the former ones."""
    words = former_words(language)

    def today(literal: re.Match[str]) -> str:
        text = literal[1].replace('""', '"')
        return '"' + words[text].replace('"', '""') + '"' if text in words else literal[0]

    return _LITERAL.sub(today, formula)
