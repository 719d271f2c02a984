"""Renders the pages: one for everyone, or one for each department under the name of its file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from xlkpi.collect.collection import Collection
from xlkpi.collect.overview.facts import Facts
from xlkpi.collect.overview.page.parts import Part, departments_of, of_department, whole
from xlkpi.collect.overview.page.view import view
from xlkpi.form.names import FileNames, plain_text
from xlkpi.i18n.labels import words
from xlkpi.i18n.resources import TEMPLATES

_FOLDER = "overview"
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What would end a script element, or a line in one, written so that it is the same to a JSON parser."""


def whole_page(collection: Collection, facts: Facts, language: str) -> bytes:
    """The page of the whole company."""
    return _rendered(whole(facts), collection, language)


def department_pages(collection: Collection, facts: Facts, language: str) -> Iterator[tuple[str, bytes]]:
    """A page for each department, with the name of its file; in it is nobody of another department."""
    labels, unique = words(language), FileNames(".html")
    for department in departments_of(facts):
        name = unique(f"{collection.quarter}-{department or labels('no_department')}")
        yield name, _rendered(of_department(facts, department, labels), collection, language)


def _rendered(part: Part, collection: Collection, language: str) -> bytes:
    texts = view(part, collection, language)
    style, script = _file("page.css"), _file("page.js")
    return (
        _template()
        .render(
            {
                **texts,
                "data": Markup(_json(texts["data"])),  # escaped by _json
                "style": Markup(style),  # our own file
                "script": Markup(script),  # our own file
                "style_hash": _hash(style),
                "script_hash": _hash(script),
            }
        )
        .encode()
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_cleaned, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("page.html.j2"))


@cache
def _file(name: str) -> str:
    return (files(TEMPLATES) / _FOLDER / name).read_text("utf-8")


def _hash(text: str) -> str:
    """What the page's policy allows: this text and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: Any) -> str:
    return json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return _cleaned(value)


def _cleaned(value: Any) -> Any:
    """A text without the characters that no document can hold."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(plain_text, value.split("\n")))
    return value
