"""The labels of forms and tables, by key and language, from `workbook_templates/labels.toml`."""

from __future__ import annotations

from functools import cache
from string import Formatter

from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.resources import TEMPLATES, entry


class Labels:
    """The labels of one language, by key; `labels(key, **values)` fills in {…}.

    Raises KeyError for a missing key, and for a {…} without a value: nobody may read it.
    """

    def __init__(self, language: str, table: dict[str, str]) -> None:
        self.language, self._table = language, table

    def __call__(self, key: str, /, **values: object) -> str:
        return self._table[key].format(**values)

    def __getitem__(self, key: str) -> str:
        """A label without values, for templates: `{{ t.score }}`."""
        return self(key)

    def raw(self, key: str) -> str:
        """A label with its {…}, for a script that fills them in."""
        return self._table[key]

    def around(self, key: str) -> tuple[str, ...]:
        """The texts before, between and after the {…} of a label, for a formula that fills them in."""
        pieces = self._parsed(key)
        end = ("",) if pieces[-1][1] is not None else ()
        return (*(text for text, *_ in pieces), *end)

    def pieces(self, key: str) -> list[tuple[str, str]]:
        """The texts and the names in {…} of a label, in their order: (text, "") or ("", name)."""
        both = (((text, ""), ("", name or "")) for text, name, *_ in self._parsed(key))
        return [piece for pair in both for piece in pair if any(piece)]

    def _parsed(self, key: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
        return tuple(Formatter().parse(self._table[key]))

    def lines(self, key: str, /, **values: object) -> list[str]:
        """The lines of a label, without empty ones."""
        return [line for line in self(key, **values).splitlines() if line.strip()]


@cache
def words(language: str = HANS) -> Labels:
    """The labels of a language. Raises KeyError for a language that has none."""
    return Labels(language, entry(TEMPLATES, "labels.toml", language))


def yes_words() -> tuple[str, ...]:
    """The word for yes in every language: people may answer in another language than the form's."""
    return tuple(dict.fromkeys(words(language)("yes") for language in LANGUAGES))


def is_yes(text: str) -> bool:
    """Whether a text is yes in some language, in any case (spreadsheet formulas ignore case too)."""
    return text.casefold() in [word.casefold() for word in yes_words()]


@cache
def nobody_words() -> tuple[str, ...]:
    """The word of every language that says nobody rates."""
    return tuple(dict.fromkeys(words(language)("nobody") for language in LANGUAGES))


def is_nobody(value: object) -> bool:
    """Whether a cell says that nobody rates, in some language and any case."""
    return isinstance(value, str) and value.casefold() in [word.casefold() for word in nobody_words()]
