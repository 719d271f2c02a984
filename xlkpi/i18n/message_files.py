"""Message files (TOML): texts by key and language; and messages whose language is decided when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.resources import TEMPLATES, entries, entry, printable

_KEPT, _LONGEST_KEPT = 1_024, 100
"""Texts that are kept, and the characters of the longest value in them."""


@dataclass(frozen=True)
class MessageFile:
    """A TOML file of texts. A key has for each language one text (the message) or two (message and advice).

    A key without languages has simplified Chinese only. A missing key or language raises KeyError: that is an error of
    ours, and must not be answered in another language.
    """

    package: str
    name: str
    longest: int | None = None
    """Characters at which a value is cut off in a message; None for no limit."""

    def __call__(self, key: str, language: str = HANS, /, **values: object) -> str:
        """The message in a language; `values` fill in its {…}."""
        return self.pair(key, language, **values)[0]

    def pair(self, key: str, language: str = HANS, /, **values: object) -> tuple[str, str]:
        """Message and advice; the advice is "" where the file has none."""
        if all(value.__class__ is str and len(value) <= _LONGEST_KEPT for value in values.values()):
            return _shared_pair(self, key, language, tuple(values.items()))
        return self._pair(key, language, values)

    def _pair(self, key: str, language: str, values: Mapping[str, object]) -> tuple[str, str]:
        found = entry(self.package, self.name, key)
        texts = found[language] if isinstance(found, dict) else {HANS: found}[language]
        shown = {name: self._shown(value, language) for name, value in values.items()}
        message, advice = (texts, "") if isinstance(texts, str) else texts
        return message.format(**shown), advice.format(**shown)

    def _shown(self, value: object, language: str) -> object:
        """A value for a message: numbers as they are, texts without characters that control a terminal."""
        if isinstance(value, int | float):
            return value
        if isinstance(value, tuple):
            return words(language)("list_separator").join(str(self._shown(item, language)) for item in value)
        text = value.in_language(language) if hasattr(value, "in_language") else str(value)
        if self.longest is not None and len(text) > self.longest:
            text = text[: self.longest] + "…"
        return "\n".join(map(printable, text.split("\n")))

    def message(self, key: str, /, **values: object) -> Message:
        """A message whose language is decided later."""
        return Message(self, key, values)

    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(entries(self.package, self.name))


@lru_cache(_KEPT)
def _shared_pair(file: MessageFile, key: str, language: str, values: tuple[tuple[str, object], ...]) -> tuple[str, str]:
    """The same is often said of many forms, so equal texts are one object."""
    return file._pair(key, language, dict(values))


PROBLEMS = MessageFile(TEMPLATES, "problems.toml", longest=200)
FAULTS = MessageFile("xlkpi.i18n", "faults.toml")
COMMANDS = MessageFile("xlkpi.i18n", "commands.toml")
BOOKS = MessageFile("xlkpi.i18n", "books.toml")


@dataclass(frozen=True, eq=False)
class Message:
    """A message before its language is known: its file, its key and the values to fill in.

    values: numbers, texts, values with a method `in_language`, and tuples of these (shown as lists). Messages with the
    same text are equal.
    """

    file: MessageFile
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The message in a language."""
        return self.file(self.key, language, **self.values)

    def pair(self, language: str) -> tuple[str, str]:
        """Message and advice in a language."""
        return self.file.pair(self.key, language, **self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.key == other.key and self.pair(HANS) == other.pair(HANS)

    def __hash__(self) -> int:
        return hash(self.key)


class MessageError(ValueError):
    """An error with a text in every language; `str(error)` is simplified Chinese."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.in_language(HANS))
        self.message = message

    def in_language(self, language: str) -> str:
        """Its text in a language."""
        return self.message.in_language(language)

    def __reduce__(self) -> tuple[type[MessageError], tuple[Message]]:
        return type(self), (self.message,)  # from one process to another
