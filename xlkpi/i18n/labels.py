"""The words of the form, from `workbook_templates/labels.toml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from xlkpi.i18n.languages import HANS, LANGUAGES


class Labels:
    """Every word shown, by key. A missing key is an error of ours, and says so."""

    def __init__(self, language: str, table: dict[str, str]) -> None:
        self.language, self._table = language, table

    def __call__(self, key: str, /, **values: object) -> str:
        return self._table[key].format(**values) if values else self._table[key]

    def __getitem__(self, key: str) -> str:
        """The word as it stands: `{{ t.score }}` in a template."""
        return self._table[key]

    def lines(self, key: str, /, **values: object) -> list[str]:
        """A text of several lines, one item a line."""
        return [line for line in self(key, **values).splitlines() if line.strip()]


@cache
def words(language: str = HANS) -> Labels:
    """The words of one language. Raises KeyError for a language that has none."""
    return Labels(language, _tables()[language])


@cache
def _tables() -> dict[str, dict[str, str]]:
    """The words of every language."""
    import tomllib  # here, since the help of the command line needs no words

    return tomllib.loads((files("workbook_templates") / "labels.toml").read_text("utf-8"))


def yes_words() -> tuple[str, ...]:
    """Yes in every language: whoever fills in a form may not share its language."""
    return tuple(dict.fromkeys(words(language)("yes") for language in LANGUAGES))


def is_yes(text: str) -> bool:
    """Whether a cell says yes; spreadsheets ignore case too."""
    return text.casefold() in [word.casefold() for word in yes_words()]
