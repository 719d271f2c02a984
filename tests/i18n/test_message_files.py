"""What people read stands in the message files: whole, in every language, all of it used, and nowhere else."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

import udfs
import xlkpi
from tests.support.paths import ROOT
from xlkpi.i18n import messages, resources
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import EN, HANS, HANT, LANGUAGES, simplified_only
from xlkpi.i18n.message_files import BOOKS, COMMANDS, FAULTS, PROBLEMS, MessageFile

PACKAGE = Path(xlkpi.__file__).parent
SOURCES = (*PACKAGE.rglob("*.py"), *Path(next(iter(udfs.__path__))).rglob("*.py"))
TEMPLATES = ROOT / "workbook_templates"
FILES = {"PROBLEMS": PROBLEMS, "FAULTS": FAULTS, "COMMANDS": COMMANDS, "BOOKS": BOOKS}
CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")


@cache
def entries(file: MessageFile) -> dict[str, str | list[str] | dict[str, str | list[str]]]:
    return tomllib.loads((files(file.package) / file.name).read_text("utf-8"))


@cache
def labels() -> dict[str, dict[str, str]]:
    return tomllib.loads((TEMPLATES / "labels.toml").read_text("utf-8"))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def parts(entry: str | list[str]) -> list[str]:
    return [entry] if isinstance(entry, str) else entry


# --- whole ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "file"),
    [*((file.package, file.name) for file in FILES.values()), (resources.TEMPLATES, "labels.toml"), messages._ENGLISH],
)
def test_entries_parsed_one_by_one_are_those_of_the_whole_file(package: str, file: str) -> None:
    whole = tomllib.loads((files(package) / file).read_text("utf-8"))
    assert {name: resources.entry(package, file, name) for name in resources.entries(package, file)} == whole


ENTRIES = [(file, key) for file in FILES.values() for key in entries(file)]


@pytest.mark.parametrize(("file", "key"), ENTRIES, ids=lambda value: getattr(value, "name", value))
def test_a_message_says_the_same_in_every_language(file: MessageFile, key: str) -> None:
    entry = entries(file)[key]
    if not isinstance(entry, dict):
        assert file in (COMMANDS, BOOKS), "only the command line and role workbooks may speak Chinese alone"
        return
    assert list(entry) == list(LANGUAGES)
    chinese = parts(entry[HANS])
    assert 1 <= len(chinese) <= 2
    for language in LANGUAGES:
        texts = parts(entry[language])
        assert len(texts) == len(chinese)
        assert all(text.strip() for text in texts)
        assert set().union(*map(fields, texts)) == set().union(*map(fields, chinese)), language
    assert not CHINESE.search("".join(parts(entry[EN])).replace("“；”", "")), "one grade scale has this sign"
    assert not any(map(simplified_only, re.findall("[\u3400-\u9fff]", "".join(parts(entry[HANT])))))


def test_a_language_that_is_not_there_is_no_excuse_for_another_one() -> None:
    assert COMMANDS("reading") == COMMANDS("reading", HANS) == entries(COMMANDS)["reading"]
    with pytest.raises(KeyError):
        COMMANDS("reading", EN)
    with pytest.raises(KeyError):
        PROBLEMS("no such key")


def test_a_message_shows_what_it_speaks_of_as_a_line_can_show_it() -> None:
    shown = PROBLEMS("number", EN, label="\x1b[31m" + "x" * 500, value=7)
    assert "\x1b" not in shown
    assert len(shown) < 300
    assert FAULTS("one_of", EN, choices=("a", "b")) == "must be one of a, b"
    assert FAULTS("needed", EN, kind=FAULTS.message("kind_text")) == "is missing; write text"


# --- used -------------------------------------------------------------------------------------------------------------


OWN_MESSAGES = ("rules", "scoring", "i18n")
"""Rooms whose messages are the keys of i18n/messages.toml, or the language itself."""


def own_messages(path: Path) -> bool:
    return path.is_relative_to(PACKAGE) and path.relative_to(PACKAGE).parts[0] in OWN_MESSAGES


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in SOURCES}


@cache
def constants() -> frozenset[str]:
    """Every text of the code."""
    nodes = (node for tree in trees().values() for node in ast.walk(tree))
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


@cache
def patterns() -> re.Pattern[str]:
    """What keys that are put together look like: f"fact_{id}"."""
    found = set()
    for node in (node for tree in trees().values() for node in ast.walk(tree)):
        if isinstance(node, ast.JoinedStr):
            pieces = [str(v.value) if isinstance(v, ast.Constant) else None for v in node.values]
            if re.fullmatch("[a-z_]{3,}", "".join(piece or "" for piece in pieces)):
                found.add("".join(".+" if piece is None else re.escape(piece) for piece in pieces))
    return re.compile("|".join(sorted(found)))


def is_said(key: str) -> bool:
    return key in constants() or bool(patterns().fullmatch(key))


@pytest.mark.parametrize("name", FILES)
def test_no_message_is_left_over(name: str) -> None:
    assert [key for key in entries(FILES[name]) if not is_said(key)] == []


def test_no_label_is_left_over() -> None:
    texts = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.j2")]
    texts += [text for text in constants() if "t." in text or re.fullmatch("[a-z_]+( [a-z_]+)+", text.strip())]
    written = "\n".join(texts)
    shown = set(re.findall(r"[a-z][a-z_0-9]+", written))
    assert [key for key in labels()[HANS] if not is_said(key) and key not in shown] == []


KEY = {
    "UnreadableError": ("PROBLEMS", 1),
    "FieldError": ("PROBLEMS", 1),
    "_refuse": ("PROBLEMS", 1),
    "fault": ("FAULTS", 1),
    "wrong": ("BOOKS", 1),
    "_error": ("FAULTS", 0),
    "about_rule": ("FAULTS", 2),
    "finding": ("FAULTS", 4),
    "_inputs_error": ("COMMANDS", 0),
}
"""Calls by which a message is said: its file, and the place of its key among the arguments."""


def keys_said() -> Iterator[tuple[str, str, str]]:
    """Where a key is written out: the place, its file, the key."""
    for path, tree in trees().items():
        if own_messages(path):
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            place = f"{path.name}:{call.lineno}"
            match call.func:
                case ast.Name(id=name) if name in FILES:
                    file, number = name, 0
                case ast.Attribute(value=ast.Name(id=name), attr="message" | "pair") if name in FILES:
                    file, number = name, 0
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in KEY:
                    file, number = KEY[name]
                case ast.Attribute(value=ast.Name(id="Problem"), attr="at"):
                    file, number = "PROBLEMS", 4 if len(call.args) > 4 else 1
                case ast.Attribute(value=ast.Name(id="form"), attr="problem"):
                    named = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
                    file, number = "PROBLEMS", 0
                    if named or len(call.args) > 4:
                        yield from ((place, file, key) for key in _texts(named[0] if named else call.args[4]))
                        continue
                case _:
                    continue
            yield from ((place, file, key) for key in _texts(call.args[number] if len(call.args) > number else None))


def _texts(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))


def test_every_message_that_is_said_is_there() -> None:
    said = list(keys_said())
    assert len(said) > 300
    assert [(place, key) for place, file, key in said if key not in entries(FILES[file])] == []


# --- nowhere else -----------------------------------------------------------------------------------------------------

HELP = ("help", "short_help", "metavar")
"""Arguments in which click and the functions of the cells want their help."""
READ = {
    "common/day.py": {"_DATE"},
    "roster/header.py": {"_BETWEEN", "_OLD_WORDS"},
    "roster/targets.py": {"_LARGE", "_LARGE_WORDS", "_AMOUNT", "_YUAN"},
    "results/calibration/reading.py": {"_BETWEEN"},
    "lint/direction.py": {"_LOW_IS_GOOD", "_HIGH_IS_GOOD", "_TURNS_LOW", "_TURNS_HIGH"},
    "lint/readings.py": {"_BESIDE_TARGET", "_SHARE_OF_TARGET"},
    "lint/units.py": {"_LEVELS", "_NUMERIC", "_RATES"},
    "collect/agreement/ready.py": {"_DATE"},
    "catalogue/units.py": {"MONEY", "_SCORED", "_COUNTED"},
    "catalogue/language/translations.py": {"_CHINESE"},
    "catalogue/arithmetic/natures.py": {"_RATIOS"},
    "catalogue/workbooks/reading/names.py": {
        *("_SYMBOLS", "_AND", "_JOINS", "_AND_WRITTEN", "_QUOTED", "_MONTH", "_MONTH_WRITTEN", "_NUMERALS"),
        *("_UNKNOWN", "_WRITTEN"),
    },
    "catalogue/workbooks/reading/groups.py": {"_SLASH"},
    "catalogue/workbooks/reading/rows.py": {"_QUARTER", "_NUMERALS"},
    "catalogue/workbooks/reading/measures.py": {"_FLOWS"},
    "catalogue/workbooks/reading/sheet.py": {"_OR"},
    "catalogue/workbooks/reading/indicators.py": {"_JOINED", "_EQUALS", "_SEPARATOR"},
    "fill/tables/periods.py": {
        "_DAY",
        "_DAY_OF_YEAR",
        "_MONTH",
        "_MONTH_ALONE",
        "_QUARTER",
        "_WEEK",
        "_RANGE",
        "_SPACES",
        "_IN_HEADER",
        "_MONTH_FIRST",
    },
    # The folder lies on people's disks; it is found again whatever the language.
    "common/company_folder.py": {
        "SETTINGS",
        "ROLES",
        "ROSTER",
        "TITLES",
        "MAPPINGS",
        "HISTORY",
        "QUARTERS",
        "PARTS",
        "RATERS",
        "EXEMPTIONS",
        "RATINGS",
        "APPEALS",
        "ARCHIVE",
    },
    "catalogue/workbooks/kept.py": {"DEFINITIONS", "COMPANY"},
    # What click prints around the help of the commands, which stands in the code as well.
    "cli/chinese.py": {"_EXTRAS", "_HEADINGS", "_ARGUMENTS", "_USAGE", "_OPTIONS", "_COMMAND", "_HELP"},
}
"""Constants that hold words which the program reads in what others wrote, and the few others that are told here."""


def literals(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The Chinese texts of a module, without documentation and help."""
    known = READ.get(path.relative_to(PACKAGE).as_posix(), set()) if path.is_relative_to(PACKAGE) else set()
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(str())):
                skipped.add(node.value)
            case ast.keyword(arg=name) if name in HELP:
                skipped |= set(ast.walk(node))
            case ast.Call(func=ast.Name(id="Help")):
                skipped |= set(ast.walk(node))
            case ast.Assign(targets=[ast.Name(id=name)]) if name in known:
                skipped |= set(ast.walk(node))
            case ast.Assign(targets=[ast.Tuple(elts=names)]) if {getattr(n, "id", "") for n in names} <= known:
                skipped |= set(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in skipped and CHINESE.search(str(node.value)):
            yield node.lineno, str(node.value)


def test_no_word_that_people_read_stands_in_the_code() -> None:
    found = {
        f"{path}:{line}": text
        for path, tree in trees().items()
        if not own_messages(path)
        for line, text in literals(path, tree)
    }
    assert found == {}


def test_every_exception_is_needed() -> None:
    for name, known in READ.items():
        tree = trees()[PACKAGE / name]
        assigned = [n for n in tree.body if isinstance(n, ast.Assign)]
        holding = {
            target.id
            for node in assigned
            for element in node.targets
            for target in (element.elts if isinstance(element, ast.Tuple) else [element])
            if isinstance(target, ast.Name)
            and any(isinstance(c, ast.Constant) and CHINESE.search(str(c.value)) for c in ast.walk(node.value))
        }
        assert known <= holding, name


# --- filled in --------------------------------------------------------------------------------------------------------

TO_FILL = sorted(key for key, text in labels()[HANS].items() if fields(text))


def test_there_are_labels_to_fill() -> None:
    assert len(TO_FILL) > 50


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TO_FILL)
def test_nobody_reads_a_label_that_is_not_filled_in(key: str, language: str) -> None:
    in_language = words(language)
    for said in (in_language, in_language.__getitem__):
        with pytest.raises(KeyError):
            said(key)
    pieces = in_language.around(key)
    assert len(pieces) == 1 + sum(name is not None for _, name, _, _ in Formatter().parse(labels()[language][key]))
    assert not any("{" in piece for piece in pieces)
    assert "{" not in in_language(key, **dict.fromkeys(fields(labels()[language][key]), 1))
