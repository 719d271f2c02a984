"""Renders improvement guides as HTML (jinja2) and Word (docxtpl), from templates that HR may edit.

Both templates get the same texts (from `view`) and are read once for all guides. What people typed is inserted as text:
it is escaped and never evaluated.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.files import write_whole
from xlkpi.form.names import plain_text
from xlkpi.guide.content import Guide
from xlkpi.guide.view import view
from xlkpi.i18n.extras import WORD as WORD_EXTRA
from xlkpi.i18n.extras import MissingExtraError, need
from xlkpi.i18n.message_files import PROBLEMS, MessageError
from xlkpi.i18n.problems import UnreadableError
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.xlsx.archive import pack, unpack
from xlkpi.xlsx.markup import xml

HTML, WORD = "html", "docx"
FORMATS = (HTML, WORD)
TEMPLATE_NAMES = {HTML: "guide.html.j2", WORD: "guide.docx"}
_EDITABLE = re.compile(r".*\b(main|header|footer|footnotes|endnotes|core-properties)\+xml")
"""Content types of the parts of a Word file that a template's author can write in."""

View = Mapping[str, Any]
"""The texts of a guide, as `view.view` gives them."""

# Errors of zip files, of XML and of the template's own expressions.
_DAMAGE = (BadZipFile, etree.XMLSyntaxError, LookupError, ValueError, TypeError, ArithmeticError)


class TemplateFault(MessageError):  # noqa: N818
    """A template that cannot be used; the message names the file and says what is wrong in it."""


def default_template(format: str) -> bytes:
    """The program's own template. Raises `MissingExtraError` for Word without docxtpl."""
    if format == WORD:
        need(WORD_EXTRA)
        from xlkpi.guide.word import word_template

        return word_template()
    return (files(TEMPLATES) / TEMPLATE_NAMES[HTML]).read_bytes()


def templates(formats: tuple[str, ...], folder: Path | None) -> tuple[dict[str, bytes], list[Path]]:
    """Format → template from a folder, and the files that were written.

    Where the folder has no template the program's own is written there, for editing. Raises OSError.
    """
    contents: dict[str, bytes] = {}
    written: list[Path] = []
    for format in formats:
        path = None if folder is None else folder / TEMPLATE_NAMES[format]
        if path is not None and path.exists():
            contents[format] = path.read_bytes()
            continue
        contents[format] = default_template(format)
        if path is not None:
            write_whole(path, contents[format])
            written.append(path)
    return contents, written


def render(guide: Guide, format: str, template: bytes, catalogue: Catalogue) -> bytes:
    """The content of a guide's file. Raises `TemplateFault`; `MissingExtraError` for Word without docxtpl."""
    name = TEMPLATE_NAMES[format]
    try:
        return _prepared(format, template)(view(guide, catalogue))
    except TemplateError as error:
        line = getattr(error, "lineno", None) if format == HTML else None
        key = "template_wrong" if line is None else "template_line_wrong"
        raise TemplateFault(PROBLEMS.message(key, name=name, line=line, error=str(error))) from None
    except MissingExtraError:
        raise
    except UnreadableError:
        raise TemplateFault(PROBLEMS.message("template_no_word_file", name=name)) from None
    except _DAMAGE as error:
        raise TemplateFault(PROBLEMS.message("template_wrong", name=name, error=str(error))) from None


@lru_cache(maxsize=len(FORMATS))
def _prepared(format: str, template: bytes) -> Callable[[View], bytes]:
    """A function that renders guides with this template, which is read and compiled only once."""
    return (_html if format == HTML else _word)(template)


def _html(template: bytes) -> Callable[[View], bytes]:
    page = _environment(_cleaned, trim_blocks=True, lstrip_blocks=True).from_string(template.decode("utf-8"))
    return lambda view: page.render(view).encode()


def _word(template: bytes) -> Callable[[View], bytes]:
    """docxtpl turns the visible parts into jinja2 templates, and repairs the tables of the result."""
    need(WORD_EXTRA)
    from docx.opc.exceptions import OpcError
    from docxtpl import DocxTemplate

    from xlkpi.guide.word import bar

    parts = unpack(template)
    source = DocxTemplate(io.BytesIO(pack(parts)))
    try:
        source.init_docx()
    except OpcError as error:
        raise ValueError(f"{error}") from None  # not a Word file
    body = _name(source.docx.part)
    editable = map(_name, filter(_is_editable, source.docx.part.package.iter_parts()))
    environment = _environment(_literal)
    environment.filters["bar"] = bar
    pages = {name: environment.from_string(source.patch_xml(_text(parts[name]))) for name in editable}

    def fill(view: View) -> bytes:
        document = DocxTemplate(None)  # one for each guide, because it numbers the pictures
        filled = {name: document.resolve_listing(page.render(view)).encode() for name, page in pages.items()}
        tree = document.fix_tables(filled[body])
        document.fix_docpr_ids(tree)
        return pack(parts | filled | {body: etree.tostring(tree, encoding="UTF-8", standalone=True)})

    return fill


def _name(part: Any) -> str:
    return str(part.partname).removeprefix("/")


def _is_editable(part: Any) -> bool:
    return _EDITABLE.fullmatch(part.content_type) is not None


def _text(part: bytes) -> str:
    return etree.tostring(xml(part), encoding="unicode")


def _environment(finalize: Callable[[Any], Any], **settings: Any) -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=finalize, **settings)


def _cleaned(value: Any) -> Any:
    """A text without the characters that no document can hold."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(plain_text, value.split("\n")))
    return value


def _literal(value: Any) -> Any:
    """A cleaned text with braces as XML entities, because docxtpl looks for its own braces afterwards."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return Markup(str(escape(_cleaned(value))).replace("{", "&#123;").replace("}", "&#125;"))
    return value
