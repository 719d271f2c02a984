"""Improvement guides on paper: HTML by jinja2 and Word by docxtpl, from templates that HR may edit.

Both templates get the same texts (`guide_view`), and are read once for all guides. What people typed is put in as text:
it is escaped, and never evaluated.
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
from xlkpi.xlsx.archive import pack, unpack, xml

HTML, WORD = "html", "docx"
FORMATS = (HTML, WORD)
TEMPLATE_NAMES = {HTML: "guide.html.j2", WORD: "guide.docx"}
_WRITTEN = re.compile(r".*\b(main|header|footer|footnotes|endnotes|core-properties)\+xml")
"""Content types of the parts of a Word file in which the template's author writes."""

View = Mapping[str, Any]
"""What `guide_view.view` gives."""

# What zip files, XML and a template's own expressions raise.
_DAMAGE = (BadZipFile, etree.XMLSyntaxError, LookupError, ValueError, TypeError, ArithmeticError)


class TemplateFault(MessageError):  # noqa: N818
    """A template that cannot be used; the message names the file and says what is wrong in it."""


def default_template(format: str) -> bytes:
    """The template that comes with the program. Raises `MissingExtraError` without docxtpl, for Word."""
    if format == WORD:
        need(WORD_EXTRA)
        from xlkpi.guide.word import word_template

        return word_template()
    return (files(TEMPLATES) / TEMPLATE_NAMES[HTML]).read_bytes()


def templates(formats: tuple[str, ...], folder: Path | None) -> tuple[dict[str, bytes], list[Path]]:
    """The templates of the formats, and the files that were written: a folder without one gets the program's own.

    Raises OSError.
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
    """A guide as a file's content. Raises `TemplateFault`; `MissingExtraError` without docxtpl, for Word."""
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
    """What is done once for all guides: reading the template and compiling what jinja2 fills in."""
    return (_html if format == HTML else _word)(template)


def _html(template: bytes) -> Callable[[View], bytes]:
    page = _environment(_cleaned, trim_blocks=True, lstrip_blocks=True).from_string(template.decode("utf-8"))
    return lambda view: page.render(view).encode()


def _word(template: bytes) -> Callable[[View], bytes]:
    """docxtpl makes jinja2 of the parts that people see, and puts together what came of it."""
    need(WORD_EXTRA)
    from docx.opc.exceptions import OpcError
    from docxtpl import DocxTemplate

    from xlkpi.guide.word import bar

    parts = unpack(template)
    source = DocxTemplate(io.BytesIO(pack(parts)))
    try:
        source.init_docx()
    except OpcError as error:
        raise ValueError(f"{error}") from None  # no Word file
    body = _name(source.docx.part)
    written = map(_name, filter(_is_written, source.docx.part.package.iter_parts()))
    environment = _environment(_literal)
    environment.filters["bar"] = bar
    pages = {name: environment.from_string(source.patch_xml(_text(parts[name]))) for name in written}

    def fill(view: View) -> bytes:
        document = DocxTemplate(None)  # it counts the pictures of one guide
        filled = {name: document.resolve_listing(page.render(view)).encode() for name, page in pages.items()}
        tree = document.fix_tables(filled[body])
        document.fix_docpr_ids(tree)
        return pack(parts | filled | {body: etree.tostring(tree, encoding="UTF-8", standalone=True)})

    return fill


def _name(part: Any) -> str:
    return str(part.partname).removeprefix("/")


def _is_written(part: Any) -> bool:
    return _WRITTEN.fullmatch(part.content_type) is not None


def _text(part: bytes) -> str:
    return etree.tostring(xml(part), encoding="unicode")


def _environment(finalize: Callable[[Any], Any], **settings: Any) -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=finalize, **settings)


def _cleaned(value: Any) -> Any:
    """Characters that no document can hold are left out."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(plain_text, value.split("\n")))
    return value


def _literal(value: Any) -> Any:
    """As `_cleaned`; braces are written as XML may write them, since docxtpl looks for some of its own afterwards."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return Markup(str(escape(_cleaned(value))).replace("{", "&#123;").replace("}", "&#125;"))
    return value
