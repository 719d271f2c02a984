"""Whatever a sentence, a role file or a workbook holds, it is read or refused in words. `make fuzz` tries very many.

Sentences are edited in rules/test_parser; here are the two kinds of files. What fails goes into `tests/corpus/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.support.archives import parts_of, zipped
from tests.support.catalogues import SHIPPED, shipped_text
from tests.support.forms import ROLE_ID
from tests.support.fuzz import corpus, examples
from tests.support.hostile import good
from xlkpi.calc.result import Recalculated
from xlkpi.catalogue.role_file import read_versions
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.check.refresh import refresh
from xlkpi.check.run import check_workbook
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import Problem, UnreadableError
from xlkpi.intake.workbook import open_workbook, scored
from xlkpi.lint.run import lint
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.writer.workbook import sheets_of_roles, uncalculated
from xlkpi.xlsx.annotate import Mark, mark, marks_of
from xlkpi.xlsx.archive import sheet_parts
from xlkpi.xlsx.markup import MAIN

TITLE = sheet_parts(parts_of(good()))[0][1]

# One folder serves all examples; what fails is small enough as it is, and takes long to shrink.
_settings = partial(
    settings,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)


# --- what once was hard -----------------------------------------------------------------------------------------------


def _told(*texts: str) -> None:
    assert all(texts)
    assert [text for text in texts if "Error" in text or "Traceback" in text] == []


@pytest.mark.parametrize("sentence", corpus("sentences"))
def test_sentences_that_once_failed_are_read_or_refused(sentence: str) -> None:
    try:
        assert parse(sentence)
    except RuleError as error:
        _told(error.message)


def _role_is_loaded_or_refused(text: str, folder: Path) -> None:
    path = folder / f"{ROLE_ID}.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        role = read_versions(path)[-1].role
    except CatalogueError as error:
        _told(*(fault.message.in_language(HANS) for fault in error.faults))
    else:  # what can be read can be made
        assert uncalculated(sheets_of_roles([role], SHIPPED), SHIPPED, Quarter(2026, 4))
    _told(*(finding.message for finding in lint(SHIPPED, [path])))


def _role() -> str:
    return shipped_text(f"roles/{ROLE_ID}.toml")


@pytest.mark.parametrize(("old", "new"), corpus("roles"))
def test_role_files_that_once_failed_are_loaded_or_refused(tmp_path: Path, old: str, new: str) -> None:
    text = _role()
    assert old in text
    _role_is_loaded_or_refused(text.replace(old, new, 1) if old else text + new, tmp_path)


def _workbook_is_read_or_refused(content: bytes) -> None:
    try:
        workbook = open_workbook(content, "表.xlsx", SHIPPED)
    except UnreadableError as error:
        return _told(str(error))
    filled = scored(workbook)
    assert filled.forms or filled.problems
    problems = list(check_workbook(workbook))
    _is_marked_or_refused(content, problems)
    return _told(*(text for problem in problems for text in (problem.message, problem.advice)))


def _is_marked_or_refused(content: bytes, problems: Sequence[Problem]) -> None:
    """Also where nothing is wrong: one cell that is there, and one that is not."""
    with suppress(UnreadableError):
        mark(content, marks_of(problems) | {TITLE: {"A1": Mark("red", True), "ZZ2000": Mark("yellow", False)}})


def _is_refreshed_or_refused(content: bytes) -> None:
    """The engine is left out: it takes a second, and has its own process."""
    with patch("xlkpi.check.refresh.recalculated", Recalculated), suppress(UnreadableError):
        refreshed = refresh(content, "表.xlsx", SHIPPED)
        _told(*(text for problem in refreshed.problems for text in (problem.message, problem.advice)))


@pytest.mark.parametrize(("part", "old", "new"), corpus("workbooks"))
def test_workbooks_that_once_failed_are_read_or_refused(part: str, old: str, new: str) -> None:
    parts = parts_of(good())
    data = parts[part].decode()
    assert old in data
    for edited in (data.replace(old, new, 1), data.replace(old, new)):
        _workbook_is_read_or_refused(zipped(parts | {part: edited.encode()}))


# --- random edits -----------------------------------------------------------------------------------------------------

_JUNK_TEXTS = ["", "[", "]", '"', "'''", "=", "{", "\\", "\n", "\x00", "\\u0007", "长" * 90, "ａ"]
_PIECES = st.sampled_from([*(new for _, new in corpus("roles")), *_JUNK_TEXTS])


@_settings(max_examples=examples(25))
@given(st.data())
def test_an_edited_role_file_is_loaded_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    text = _role()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(_PIECES | st.text(max_size=9)) + text[place + data.draw(st.integers(0, 40)) :]
    _role_is_loaded_or_refused(text, tmp_path)


@_settings(max_examples=examples(60))
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_as_a_role_file_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(CatalogueError):
        read_versions(path)


_JUNK = st.sampled_from(
    [b"", b"<", b">", b"\0", b'"', b"&x;", b"&#0;", b"\xff", b"999999999", b"-1", b"<c>", b"</row>", b"/"]
)


@_settings(max_examples=examples(20))
@given(st.data())
def test_an_edited_part_is_read_or_refused(data: st.DataObject) -> None:
    """Damage inside parts that the archive itself says are sound."""
    parts = parts_of(good())
    for _ in range(data.draw(st.integers(1, 2))):
        name = data.draw(st.sampled_from(sorted(parts)))
        part = parts[name]
        place = data.draw(st.integers(0, len(part)))
        junk = data.draw(_JUNK | st.binary(max_size=4))
        parts[name] = part[:place] + junk + part[place + data.draw(st.integers(0, 30)) :]
    if data.draw(st.booleans()):
        del parts[data.draw(st.sampled_from(sorted(parts)))]
    _workbook_is_read_or_refused(zipped(parts))


@_settings(max_examples=examples(20))
@given(st.data())
def test_a_workbook_without_an_element_is_read_or_refused(data: st.DataObject) -> None:
    """Whole elements and attributes that are gone: formats, lists of notes, cells, the ids of rows and columns."""
    parts = parts_of(good())
    name = data.draw(st.sampled_from(sorted(name for name in parts if name.endswith((".xml", ".rels", ".vml")))))
    root = etree.fromstring(parts[name])
    tags = sorted({str(element.tag) for element in root.iterdescendants()})
    if not tags:
        return
    same = list(root.iter(data.draw(st.sampled_from(tags))))
    gone = same if data.draw(st.booleans()) else [same[data.draw(st.integers(0, len(same) - 1))]]
    attribute = data.draw(st.sampled_from([None, *sorted({str(each) for one in gone for each in one.attrib})]))
    for element in gone:
        if attribute is not None:
            element.attrib.pop(attribute, None)
        elif (parent := element.getparent()) is not None:
            parent.remove(element)
    content = zipped(parts | {name: etree.tostring(root)})
    _workbook_is_read_or_refused(content)
    _is_refreshed_or_refused(content)


@pytest.mark.parametrize("column", range(1, 40))
def test_a_form_without_the_id_of_a_column_is_refreshed_or_refused(column: int) -> None:
    parts = parts_of(good())
    part = "xl/worksheets/sheet1.xml"
    root = etree.fromstring(parts[part])
    row = next(row for row in root.iter(f"{{{MAIN}}}row") if row.get("r") == "1")
    if column >= len(row):
        return
    row.remove(row[column])
    _is_refreshed_or_refused(zipped(parts | {part: etree.tostring(root)}))


_VALUES = st.sampled_from(["", "-1", "0", "A0", "XFD1048576", "ZZZZ9", "99999999999", "e", "s", "x" * 999, "#"])
_ATTRIBUTES = st.sampled_from(["r", "t", "s", "si", "ref", "name", "r:id", "Id", "Target", "sheetId", "numFmtId"])


@_settings(max_examples=examples(20))
@given(st.data())
def test_an_edited_attribute_is_read_or_refused(data: st.DataObject) -> None:
    """The values of attributes, where readers expect numbers, cells and names."""
    parts, attribute = parts_of(good()), data.draw(_ATTRIBUTES)
    marks = {name: places for name, part in parts.items() if (places := _values(part, attribute))}
    if not marks:
        return
    name = data.draw(st.sampled_from(sorted(marks)))
    start, end = data.draw(st.sampled_from(marks[name]))
    value = data.draw(_VALUES)
    _workbook_is_read_or_refused(zipped(parts | {name: parts[name][:start] + value.encode() + parts[name][end:]}))


def _values(part: bytes, attribute: str) -> list[tuple[int, int]]:
    found, mark, at = [], f' {attribute}="'.encode(), 0
    while (at := part.find(mark, at)) >= 0:
        start = at + len(mark)
        at = part.index(b'"', start)
        found.append((start, at))
    return found


@_settings(max_examples=examples(40))
@given(st.integers(0), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=5))
def test_edited_bytes_are_read_or_refused(cut: int, bytes_: list[tuple[int, int]]) -> None:
    content = bytearray(good())
    for place, byte in bytes_:
        content[place % len(content)] = byte
    if not bytes_:
        del content[cut % len(content) :]
    _workbook_is_read_or_refused(bytes(content))
