"""Makes names of sheets and files from texts that people typed: legal, unique and recognisable.

Characters that a spreadsheet or file system forbids become spaces, a name that is too long ends in …, and a name that
is taken gets a suffix: a text that the caller gives (a staff number, a role), else a number.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import chain, count

from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES

OWN_SHEETS = ("summary", "guide", "wordings")
"""Keys of the labels that name the sheets which every workbook has beside its forms."""

_SUFFIX_SHARE = 0.5  # the part of a name that its suffix may take


def plain_text(text: str) -> str:
    """A text on one line, without characters that cannot stand in a cell: controls, direction marks, surrogates."""
    if text.isprintable():  # a fast exit for nearly all texts
        return " ".join(text.split())
    kept = (" " if char.isspace() else char for char in text if char.isspace() or not _unseen(char))
    return " ".join("".join(kept).split())


_KEPT_AS_TEXT = re.compile(r"""="(?P<formula>(?:[^"]|"")*)"|'(?P<marked>\d.*)""")
"""How systems export digits that are to stay text: ="0001" and '0001."""


def without_text_mark(text: str) -> str:
    """A text without what only keeps its digits text."""
    if match := _KEPT_AS_TEXT.fullmatch(text.strip()):
        return (match["formula"] or match["marked"] or "").replace('""', '"').strip()
    return text


def _unseen(char: str) -> bool:
    code = ord(char)
    joiner = char in "\u200d\ufe0f"  # of emoji
    return (not joiner and unicodedata.category(char) in ("Cc", "Cf", "Cs")) or code & 0xFFFE == 0xFFFE


class _Names(ABC):
    """Gives every text a different name; taken: names that must not be given."""

    longest: int

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(map(_key, taken))

    def __call__(self, text: str, suffix: str = "", *, always: bool = False) -> str:
        """A name for a text; `suffix` is appended where the name is taken, or `always`."""
        suffixes = [f" {self.cleaned(suffix)}"] if self.cleaned(suffix) else []
        numbered = (f" {number}" for number in count(2))
        for ending in chain(suffixes if always else ["", *suffixes], numbered):
            name = self._joined(self.cleaned(text), ending)
            if _key(name) not in self._taken and not self.forbids(name):
                break
        self._taken.add(_key(name))
        return name

    def _joined(self, text: str, suffix: str) -> str:
        suffix = self._fitted(suffix, int(self.longest * _SUFFIX_SHARE))
        return self.trimmed(self._fitted(text, self.longest - self.length(suffix)) + suffix)

    def _fitted(self, text: str, longest: int) -> str:
        if self.length(text) <= longest:
            return text
        while self.length(text) > longest - self.length("…"):
            text = text[:-1]
        return text.rstrip() + "…"

    def cleaned(self, text: str) -> str:
        return self.trimmed(plain_text(self.illegal.sub(" ", unicodedata.normalize("NFC", text))))

    illegal: re.Pattern[str]

    @abstractmethod
    def length(self, text: str) -> int: ...

    @abstractmethod
    def trimmed(self, name: str) -> str:
        """The name without characters that must not stand at its ends."""

    @abstractmethod
    def forbids(self, name: str) -> bool: ...


def _key(name: str) -> str:
    """A key that is equal for names that some program takes for the same: it ignores case, width and composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


class SheetNames(_Names):
    """Names of sheets: at most 31 characters (UTF-16 units, as Excel counts), unlike the workbook's own sheets."""

    longest = 31
    illegal = re.compile(r"[\[\]:*?/\\]")

    def __init__(self, taken: Iterable[str] = ()) -> None:
        super().__init__([*own_sheet_names(), *taken])

    def length(self, text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    def trimmed(self, name: str) -> str:
        return name.strip("' ")

    def forbids(self, name: str) -> bool:
        return not name or _key(name) == "history"  # Excel reserves this name


def own_sheet_names() -> list[str]:
    """The names of a workbook's own sheets, in every language."""
    from xlkpi.form.register import META_SHEET

    return [META_SHEET, *(words(language)(key) for language in LANGUAGES for key in OWN_SHEETS)]


class FileNames(_Names):
    """Names of files without a folder: legal on Windows, macOS and Linux, at most 120 bytes with their ending."""

    illegal = re.compile(r'[<>:"/\\|?*]')

    def __init__(self, ending: str = ".xlsx", taken: Iterable[str] = ()) -> None:
        self.ending = ending
        self.longest = 120 - len(ending.encode())
        super().__init__(name.removesuffix(ending) for name in taken)

    def __call__(self, text: str, suffix: str = "", *, always: bool = False) -> str:
        """A file name with its extension; otherwise as `SheetNames`."""
        return super().__call__(text, suffix, always=always) + self.ending

    def length(self, text: str) -> int:
        return len(text.encode())

    def trimmed(self, name: str) -> str:
        name = name.lstrip("~-. ").rstrip(". ")
        return f"_{name}" if self._device.fullmatch(_key(name.split(".")[0].strip())) else name

    _device = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9]")  # reserved by Windows, with any extension

    def forbids(self, name: str) -> bool:
        return not name
