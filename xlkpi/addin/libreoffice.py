"""Builds the add-in for LibreOffice Calc: an extension (.oxt) that holds the functions and the libraries they need.

`oxt/` has the component that LibreOffice loads, and templates that describe the functions to it. The types are IDL
source, which LibreOffice reads as it is, so nothing is compiled.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, StrictUndefined

from xlkpi.common.files import zip_entry
from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.extras import ADDIN, need
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.version import __version__

LANGUAGES = {"en": EN, "zh-CN": HANS, "zh-TW": HANT}
"""LibreOffice's language tag → our language. The first one is for all other languages."""

MODULES = (
    "__init__", "functions", "version",
    "i18n/__init__", "i18n/labels", "i18n/languages", "i18n/messages", "i18n/numbers", "i18n/resources",
    "scoring/__init__", "scoring/arithmetic", "scoring/cells", "scoring/grades", "scoring/reasons", "scoring/receipt",
    "scoring/scorer", "scoring/scores", "scoring/source",
)  # fmt: skip
"""The modules of xlkpi that the functions need, beside all of `xlkpi.rules`."""

_BUNDLED = ("tomli",)
"""Libraries that the functions need beside the standard library of Python 3.10."""


def build() -> bytes:
    """The extension (.oxt). The same versions of xlkpi and tomli give the same bytes.

    Raises `MissingExtraError` without tomli.
    """
    need(ADDIN)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in sorted(_parts()):
            target.writestr(zip_entry(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _parts() -> Iterator[tuple[str, bytes]]:
    """Every file of the extension: its path in it, and its content."""
    labels_of = {tag: words(language) for tag, language in LANGUAGES.items()}
    data = {"functions": FUNCTIONS, "languages": LANGUAGES, "version": __version__, "words": labels_of}
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    for name, content in _tree(files("xlkpi.addin") / "oxt", (".py", ".xml", ".components", ".j2")):
        if name.endswith(".j2"):
            yield name.removesuffix(".j2"), environment.from_string(content.decode()).render(data).encode()
        else:
            yield name, content
    for tag, labels in labels_of.items():
        yield f"description/{tag}.txt", labels("addin_description").encode()
    yield from _library()


def _library() -> Iterator[tuple[str, bytes]]:
    """The files of xlkpi and of the libraries that it needs, with their licences."""
    package = files("xlkpi")
    for module in MODULES:
        yield f"pythonpath/xlkpi/{module}.py", (package / f"{module}.py").read_bytes()
    yield "pythonpath/xlkpi/i18n/messages.toml", (package / "i18n" / "messages.toml").read_bytes()
    for name, content in _tree(package / "rules", (".py", ".toml", ".json")):
        yield f"pythonpath/xlkpi/rules/{name}", content
    for library in _BUNDLED:
        for name, content in _tree(files(library), (".py",)):
            yield f"pythonpath/{library}/{name}", content
    for library in ("xlkpi", *_BUNDLED):
        yield f"licenses/{library}.txt", _licence(library)


def _licence(library: str) -> bytes:
    paths = distribution(library).files or []
    return next(path for path in paths if path.name == "LICENSE").read_binary()


def _tree(folder: Traversable, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """The files below a folder with one of these endings: path in the folder, and content."""
    for item in folder.iterdir():
        if item.is_dir():
            yield from ((f"{item.name}/{name}", content) for name, content in _tree(item, endings))
        elif item.name.endswith(endings):
            yield item.name, item.read_bytes()
