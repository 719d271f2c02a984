"""Messages about rules and numbers, in three languages.

The code holds them in simplified Chinese, with {…} for their values. Their English is in messages.toml, their
traditional Chinese comes from the small table in `languages`. This module needs the standard library only, because it
also runs in LibreOffice and in the browser.
"""

from __future__ import annotations

from xlkpi.i18n.languages import EN, HANS, HANT, to_traditional
from xlkpi.i18n.resources import entries, entry

_ENGLISH = ("xlkpi.i18n", "messages.toml")


def say(message: str, language: str = HANS, /, **values: object) -> str:
    """A message in a language; in Chinese where it has no English.

    values: fill in the {…} of the message; a function is called with the language.
    """
    if language == EN:
        message = entry(*_ENGLISH, message) if message in entries(*_ENGLISH) else message
    elif language == HANT:
        message = to_traditional(message)
    texts = {name: value(language) if callable(value) else value for name, value in values.items()}
    return message.format(**texts) if values else message


class LocalizedError(ValueError):
    """An error with a text in every language: a message in simplified Chinese, its values, and a language."""

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
