"""The translations of a catalogue's texts: English from tables, traditional Chinese by OpenCC and Taiwan's terms."""

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
"""The tables for texts that roles share. A company's own table is asked first, then the program's."""

_SHORT, _LONGEST_SHORT = 30, 160
"""Characters: a text as short as this may be a name, which stands in formulas; so many may its translation have."""


class Translations:
    """The tables of one catalogue, each read when it is first needed. A catalogue may have none of them.

    `en/ROLE.toml` has a role's texts in English, `en/common.toml` the texts that roles share, `zh-Hant.toml` the terms
    of Taiwan's companies. words: language → word → its translation, which are asked before all tables.
    """

    def __init__(self, folder: Traversable | Path, words: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._folder, self._shipped, self._words = folder, files(TEMPLATES) / "translations", words or {}
        self._english: dict[str, Mapping[str, str]] = {}
        self._traditional: dict[str, str] = {}

    def english(self, *names: str) -> list[Mapping[str, str]]:
        """The English tables of these names, then the common tables, in the order of looking up.

        Raises `CatalogueError`.
        """
        return [self._words.get(EN, {}), *map(self._table, (*names, _COMMON)), self._shared]

    def traditional(self, text: str) -> str:
        """A text in traditional Chinese: Taiwan's terms, then OpenCC, then corrections. Raises `CatalogueError`."""
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
        """The replacement of Taiwan's terms, OpenCC's converter, and the corrections of words that it chooses."""
        need(ZH_HANT)
        from opencc import OpenCC  # imported here: simplified and English forms do not need it

        own, shared = self._folder / _TAIWAN, self._shipped / _TAIWAN

        def table(key: str) -> Mapping[str, str]:
            first = _texts(own, key) if own.is_file() else {}
            return {**first, **{word: term for word, term in _texts(shared, key).items() if word not in first}}

        terms = {**self._words.get(HANT, {}), **table("terms")}
        return _replacer(terms), OpenCC("s2twp"), _replacer(table("corrections"))


def _texts(path: Traversable | Path, key: str = "") -> Mapping[str, str]:
    """Text → translation, from a whole file or from one table of it. Raises `CatalogueError`."""
    faults: list[Fault] = []
    whole = TomlTable(read_toml(path), path.name, "", faults)
    table = whole.table(key) if key else whole
    texts = {} if table is None else {text: table.get(text, str) for text in table.data}
    for text, translation in texts.items():
        if table is not None and len(text) <= _SHORT < _LONGEST_SHORT < len(translation):
            table.fault(text, "text_too_long", length=len(translation), limit=_LONGEST_SHORT)
    if faults:
        raise CatalogueError(faults)
    return texts


def _replacer(table: Mapping[str, str]) -> Callable[[str], str]:
    """A function that replaces the keys of the table in a text; an earlier key comes before a later one."""
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda match: table[match[0]], text)


class Translator:
    """Translates texts into one language; `missing` collects the texts without a translation, in order."""

    def __init__(self, translations: Translations, language: str, *names: str) -> None:
        """names: English tables to look into before common.toml. Raises `CatalogueError`."""
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
        """A group's path with every part translated."""
        return "/".join(map(self, group.split("/")))

    def all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self, texts))
