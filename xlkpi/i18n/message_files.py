"""Message files: texts by key and language; and messages that wait for the language in which they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Protocol, runtime_checkable

from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.resources import TEMPLATES, printable


@runtime_checkable
class Localized(Protocol):
    """What reads differently in every language."""

    def in_language(self, language: str) -> str:
        """Its text in a language."""


@dataclass(frozen=True)
class MessageFile:
    """A TOML file of texts. A key holds, by language, a text, or two: what is the matter, and what to do.

    A text that is no table of languages is for those who read simplified Chinese only. A key or a language that is
    not there is an error of ours: it raises KeyError, rather than answer in another language.
    """

    package: str
    name: str
    longest: int | None = None
    """Characters of a text at most that a message repeats; None for no limit."""

    def __call__(self, key: str, language: str = HANS, /, **values: object) -> str:
        """What is the matter, in a language; `values` fill in what the text has in {…}."""
        return self.pair(key, language, **values)[0]

    def pair(self, key: str, language: str = HANS, /, **values: object) -> tuple[str, str]:
        """What is the matter, and what to do ("" where the file says nothing of that)."""
        entry = _table(self)[key]
        texts = {HANS: entry}[language] if isinstance(entry, str) else entry[language]
        shown = {name: self._shown(value, language) for name, value in values.items()}
        message, advice = (texts, "") if isinstance(texts, str) else texts
        return message.format(**shown), advice.format(**shown)

    def _shown(self, value: object, language: str) -> object:
        """A value as a message shows it: numbers as they are, texts without what a terminal would obey."""
        if isinstance(value, int | float):
            return value
        if isinstance(value, tuple):
            return words(language)("list_separator").join(str(self._shown(one, language)) for one in value)
        text = value.in_language(language) if isinstance(value, Localized) else str(value)
        if self.longest is not None and len(text) > self.longest:
            text = text[: self.longest] + "…"
        return "\n".join(map(printable, text.split("\n")))

    def message(self, key: str, /, **values: object) -> Message:
        """A message under a key, to be read in whatever language."""
        return Message(self, key, values)

    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(_table(self))


PROBLEMS = MessageFile(TEMPLATES, "problems.toml", longest=200)
FAULTS = MessageFile("xlkpi.i18n", "faults.toml")
COMMANDS = MessageFile("xlkpi.i18n", "commands.toml")


@cache
def _table(file: MessageFile) -> Mapping[str, str | Mapping[str, str | list[str]]]:
    import tomllib  # here, since most commands say nothing from a file

    return tomllib.loads((files(file.package) / file.name).read_text("utf-8"))


@dataclass(frozen=True, eq=False)
class Message:
    """What is to be said, before the language is known: its file and key, and what it speaks of.

    values: numbers, texts, what is `Localized`, and tuples of these, which are listed. Messages that read alike are
    equal.
    """

    file: MessageFile
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """What is the matter."""
        return self.file(self.key, language, **self.values)

    def pair(self, language: str) -> tuple[str, str]:
        """What is the matter, and what to do."""
        return self.file.pair(self.key, language, **self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.key == other.key and self.pair(HANS) == other.pair(HANS)

    def __hash__(self) -> int:
        return hash(self.key)


class MessageError(ValueError):
    """An error that people read in their own language; as a text it is in simplified Chinese."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.in_language(HANS))
        self.message = message

    def in_language(self, language: str) -> str:
        """Its text in a language."""
        return self.message.in_language(language)

    def __reduce__(self) -> tuple[type[MessageError], tuple[Message]]:
        return type(self), (self.message,)  # from one process to another
