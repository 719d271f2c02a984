"""The tables of translations: what a catalogue's texts are in English and in traditional Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from xlkpi.catalogue.toml import CatalogueError, Fault, TomlTable, read_toml
from xlkpi.i18n.extras import ZH_HANT, need
from xlkpi.i18n.languages import EN, HANS, HANT, language_of
from xlkpi.i18n.resources import TEMPLATES

_CHINESE = re.compile("[\u3400-\u9fff]")
_COMMON, _TAIWAN = "common", "zh-Hant.toml"
"""The tables that stand for every catalogue: a company's own ones come first, then those of the program."""


class Translations:
    """The tables of one catalogue, each read when it is asked for.

    `en/ROLE.toml` has the English of a role, `en/common.toml` that of what roles share, `zh-Hant.toml` the terms that
    Taiwan's companies use. A catalogue may have none of them.
    """

    def __init__(self, folder: Traversable | Path) -> None:
        self._folder, self._shipped = folder, files(TEMPLATES) / "translations"
        self._english: dict[str, Mapping[str, str]] = {}
        self._traditional: dict[str, str] = {}

    def english(self, *names: str) -> list[Mapping[str, str]]:
        """The English of files and what roles share, in the order in which they are to be looked into.

        Raises `CatalogueError`.
        """
        return [*map(self._table, (*names, _COMMON)), self._shared]

    def traditional(self, text: str) -> str:
        """A text in traditional Chinese: Taiwan's terms are put in, then OpenCC's. Raises `CatalogueError`."""
        if text not in self._traditional:
            terms, converter, corrections = self._taiwan
            self._traditional[text] = str(corrections(converter.convert(terms(text))))
        return self._traditional[text]

    def _table(self, name: str) -> Mapping[str, str]:
        if name not in self._english:
            path = self._folder / "en" / f"{name}.toml"
            self._english[name] = _texts(path) if path.is_file() else {}
        return self._english[name]

    @cached_property
    def _shared(self) -> Mapping[str, str]:
        return {} if self._folder == self._shipped else _texts(self._shipped / "en" / f"{_COMMON}.toml")

    @cached_property
    def _taiwan(self):  # type: ignore[no-untyped-def]  # opencc has no types
        """What puts Taiwan's terms in, OpenCC's converter, and what mends the words that it chooses."""
        need(ZH_HANT)
        from opencc import OpenCC  # here: simplified and English forms need none

        own, shared = self._folder / _TAIWAN, self._shipped / _TAIWAN
        terms, corrections = (
            {**first, **{word: term for word, term in _texts(shared, key).items() if word not in first}}
            for key in ("terms", "corrections")
            for first in [_texts(own, key) if own.is_file() else {}]
        )
        return _replacer(terms), OpenCC("s2twp"), _replacer(corrections)


def _texts(path: Traversable | Path, key: str = "") -> Mapping[str, str]:
    """A file of texts by texts, or one table of it. Raises `CatalogueError`."""
    faults: list[Fault] = []
    whole = TomlTable(read_toml(path), path.name, "", faults)
    table = whole.table(key) if key else whole
    texts = {} if table is None else {text: table.get(text, str) for text in table.data}
    if faults:
        raise CatalogueError(faults)
    return texts


def _replacer(table: Mapping[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda found: table[found[0]], text)


class Translator:
    """Texts in one language; `missing` collects those that had no translation."""

    def __init__(self, translations: Translations, language: str, *names: str) -> None:
        """`names` are the English tables to look into before common.toml. Raises `CatalogueError`."""
        self.language = language
        self.missing: dict[str, None] = {}
        self._translations = translations
        self._tables = translations.english(*names) if language == EN else []

    def __call__(self, text: str) -> str:
        if self.language == HANT:
            return self._translations.traditional(text) if language_of(text) == HANS else text
        if self.language == HANS or not _CHINESE.search(text):
            return text
        for table in self._tables:
            if text in table:
                return table[text]
        self.missing[text] = None
        return text

    def path(self, group: str) -> str:
        """A group's path, every part of it translated."""
        return "/".join(map(self, group.split("/")))

    def all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self, texts))
