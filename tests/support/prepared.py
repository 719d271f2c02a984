"""`make prepared`: what the program would otherwise read, or check, every time it starts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import product
from pathlib import Path
from typing import Any

import xlkpi
from xlkpi.calc.own import digest_of_formulas
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.language import translate
from xlkpi.catalogue.prepared.shipped import digest_of
from xlkpi.catalogue.role import Role, Version
from xlkpi.catalogue.role_file import read_versions
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.prepared import encoded, known
from xlkpi.writer.sheets.rule_wordings import examples
from xlkpi.writer.workbook import sheets_of_roles, uncalculated
from xlkpi.xlsx.archive import sheet_parts, unpack
from xlkpi.xlsx.markup import xml

PACKAGE = Path(xlkpi.__file__).parent


def prepared() -> Iterator[tuple[Path, str]]:
    """The files and what they have to hold. In this process no rule is known in advance afterwards."""
    known().clear()
    roles = files(TEMPLATES) / "roles"
    versions = {path: read_versions(path) for path in roles.iterdir()}
    for path, of_role in versions.items():
        yield PACKAGE / "catalogue/prepared/roles" / path.name.replace(".toml", ".json"), _role(path, of_role)
    found = [version.role for of_role in versions.values() for version in of_role]
    yield PACKAGE / "rules" / "known.json", _lines(_known(found))
    yield PACKAGE / "calc" / "own.txt", "".join(sorted(_own(found)))


def main() -> None:
    """Write the files anew."""
    for path, content in prepared():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")


def _role(path: Traversable, versions: Iterable[Version]) -> str:
    written = ",\n".join(
        f"[{json.dumps(str(version.first))}, {json.dumps(version.last and str(version.last))}, "
        + _lines(encoded(version.role)).rstrip()
        + "]"
        for version in versions
    )
    return f'{{"made_of": "{digest_of(path)}", "versions": [\n{written}\n]}}\n'


def _known(roles: Iterable[Role]) -> dict[str, dict[str, Any]]:
    """Sentence → unit → encoded rule: of all roles and of the sheet 评分标准写法, in all languages."""
    sentences = {(example.sentence(language), example.unit) for example, language in product(examples(), LANGUAGES)}
    catalogue = Catalogue.shipped()
    for role, language in product(roles, LANGUAGES):
        translated = translate.role(role, catalogue.translator(language, role.id))
        sentences |= {(indicator.rule_text, indicator.unit) for indicator in translated.indicators}
    found: dict[str, dict[str, Any]] = {}
    for sentence, unit in sorted(sentences):
        found.setdefault(sentence, {})[unit] = encoded(parse(sentence, unit))
    return found


def _own(roles: Iterable[Role]) -> Iterator[str]:
    """The digest of the formulas of a workbook with one form, and the language: of each role in each language."""
    catalogue = Catalogue.shipped()
    for role, language in product(roles, LANGUAGES):
        (planned,) = sheets_of_roles([catalogue.translated(role, language)], catalogue, language)
        quarter = Quarter.parse(role.effective_from)
        parts = unpack(uncalculated([planned], catalogue, quarter, language))
        sheets = {title: xml(parts[part]) for part, title in sheet_parts(parts)}
        yield f"{digest_of_formulas(sheets)} {language}\n"


def _lines(table: Mapping[str, Any]) -> str:
    """A JSON object with a line for each key, so that a change is seen where it is."""
    return "{\n" + ",\n".join(_written(table.items())) + "\n}\n"


def _written(items: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for key, value in sorted(items):
        yield f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"


if __name__ == "__main__":
    main()
