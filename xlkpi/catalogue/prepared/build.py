"""`make prepared`: reads the shipped roles and writes what came of it, for `prepared.shipped` and `rules.prepared`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import product
from pathlib import Path
from typing import Any

import xlkpi
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.language import translate
from xlkpi.catalogue.prepared.shipped import digest_of
from xlkpi.catalogue.role import Role, Version
from xlkpi.catalogue.role_file import read_versions
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.prepared import encoded, known

PACKAGE = Path(xlkpi.__file__).parent


def prepared() -> Iterator[tuple[Path, str]]:
    """The files and what they have to hold. In this process no rule is known in advance afterwards."""
    known().clear()
    roles = files(TEMPLATES) / "roles"
    versions = {path: read_versions(path) for path in roles.iterdir()}
    for path, of_role in versions.items():
        yield PACKAGE / "catalogue/prepared/roles" / path.name.replace(".toml", ".json"), _role(path, of_role)
    yield PACKAGE / "rules" / "known.json", _lines(_known(role.role for of in versions.values() for role in of))


def main() -> None:
    """Write the files anew."""
    for path, content in prepared():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")


def _role(path: Traversable, versions: Iterable[Version]) -> str:
    written = ",\n".join(
        f"[{json.dumps(str(version.first))}, {json.dumps(version.last and str(version.last))}, "
        + _lines({field.name: encoded(getattr(version.role, field.name)) for field in fields(Role)}).rstrip()
        + "]"
        for version in versions
    )
    return f'{{"made_of": "{digest_of(path)}", "versions": [\n{written}\n]}}\n'


def _known(roles: Iterable[Role]) -> dict[str, dict[str, Any]]:
    """Sentence → unit → encoded rule, in all languages."""
    found: dict[str, dict[str, Any]] = {}
    catalogue = Catalogue.shipped()
    for role, language in product(roles, LANGUAGES):
        for indicator in translate.role(role, catalogue.translator(language, role.id)).indicators:
            rule = parse(indicator.rule_text, indicator.unit)
            found.setdefault(indicator.rule_text, {})[indicator.unit] = encoded(rule)
    return found


def _lines(table: Mapping[str, Any]) -> str:
    """A JSON object with a line for each key, so that a change is seen where it is."""
    return "{\n" + ",\n".join(_written(table.items())) + "\n}\n"


def _written(items: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for key, value in sorted(items):
        yield f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"


if __name__ == "__main__":
    main()
