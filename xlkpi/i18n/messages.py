"""What the program says about rules and numbers, in three languages.

Messages stand in the code in simplified Chinese, with {…} for what they speak of. Their English is in messages.toml;
their traditional Chinese follows by the small table of `languages`. This module runs wherever there is the standard
library: in LibreOffice and in the browser too.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from xlkpi.i18n.languages import EN, HANS, HANT, to_traditional


@cache
def _english() -> dict[str, str]:
    return tomllib.loads(files("xlkpi.i18n").joinpath("messages.toml").read_text("utf-8"))


def say(message: str, language: str = HANS, /, **values: object) -> str:
    """A message in a language. One that has no English yet is said in Chinese: better than not at all.

    A value that reads differently in every language is a function of the language.
    """
    if language == EN:
        message = _english().get(message, message)
    elif language == HANT:
        message = to_traditional(message)
    told = {name: value(language) if callable(value) else value for name, value in values.items()}
    return message.format(**told) if values else message


class LocalizedError(ValueError):
    """An error that people read: a message of the code, what it speaks of, and the language to say it in."""

    def __init__(self, message: str, language: str = HANS, /, **values: object) -> None:
        super().__init__(say(message, language, **values))
        self.source, self.language, self.values = message, language, values

    @property
    def message(self) -> str:
        return str(self)

    def in_language(self, language: str) -> str:
        """Its text in another language."""
        return self.told(language).message

    def told(self, language: str) -> LocalizedError:
        """The same error in another language."""
        return type(self)(self.source, language, **self.values)
