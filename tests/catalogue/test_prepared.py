"""What was read when the program was built is what the program itself would read."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given

from tests.support import prepared as build
from tests.support.strategies import rules
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.prepared.shipped import prepared_versions
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.role_file import read_versions
from xlkpi.catalogue.versions.digest import digest
from xlkpi.rules import prepared
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.prepared import KINDS, decoded, encoded, known, known_rule
from xlkpi.rules.rule import Rule


@pytest.fixture
def _restored() -> Iterator[None]:
    yield
    known.cache_clear()


@pytest.mark.usefixtures("_restored")
def test_the_files_are_current() -> None:
    for path, content in build.prepared():
        assert path.read_text("utf-8") == content, "run make prepared"


def test_every_known_rule_is_the_one_that_is_read() -> None:
    sentences = [(json.loads(sentence), unit) for sentence, units in known().items() for unit in json.loads(units)]
    assert len(sentences) > 60
    for sentence, unit in sentences:
        assert repr(known_rule(sentence, unit)) == repr(parse(sentence, unit))  # labels and the digits of numbers, too


def test_the_rules_of_all_shipped_roles_are_known() -> None:
    for role in Catalogue.shipped().roles().values():
        for indicator in role.indicators:
            assert known_rule(indicator.rule_text, indicator.unit) is not None


@given(rules())
def test_a_rule_is_the_same_after_the_file(rule: Rule) -> None:
    assert repr(decoded(encoded(rule), KINDS)) == repr(rule)


def test_a_sentence_is_known_with_its_own_unit_only() -> None:
    known_here = {'"每低5%扣3分"': json.dumps({"%": encoded(parse("每低5%扣3分", "%"))})}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prepared, "known", lambda: known_here)
        assert known_rule("每低5%扣3分", "%") == parse("每低5%扣3分", "%")
        for other in (None, "", "元", "％"):
            assert known_rule("每低5%扣3分", other) is None


@pytest.mark.parametrize(
    "written", [["eval", "1"], ["__import__", "os"], {"": "Path"}, {"": "Rule", "cap": ["print", "x"]}]
)
def test_a_file_names_no_other_class(written: object) -> None:
    with pytest.raises(KeyError):
        decoded(written, KINDS)
    assert decoded(["Decimal", "0.50"], KINDS) == Decimal("0.50")


def test_a_known_sentence_loads_no_reader() -> None:
    script = (
        "import sys; from xlkpi.functions import kpi_score; assert kpi_score(0.12, 0.2, {!r}, '%') == 97;"
        "assert not any('parser' in name or 'resolver' in name for name in sys.modules if name.startswith('xlkpi'))"
    )
    subprocess.run([sys.executable, "-c", script.format("每低5个百分点扣3分")], check=True)


# --- roles ----------------------------------------------------------------------------------------------------------

ROLES = files("workbook_templates") / "roles"


@pytest.mark.parametrize("id", Catalogue.shipped().role_ids)
def test_a_shipped_role_is_the_one_that_is_read(id: str) -> None:
    path = ROLES / f"{id}.toml"
    found, read = prepared_versions(path), read_versions(path)
    assert found == read
    assert without_addresses(found) == without_addresses(read)
    assert found is not None
    for version, other in zip(found, read, strict=True):
        assert dict(version.data) == other.data
        assert digest(version.role) == digest(other.role)
        assert pickle.loads(pickle.dumps(version.role)) == other.role
        for expression, its in zip(expressions(version.role), expressions(other.role), strict=True):
            assert (expression.is_condition, expression.operands) == (its.is_condition, its.operands)


def without_addresses(value: object) -> str:
    return re.sub(r" at 0x\w+", "", repr(value))


def expressions(role: Role) -> list[Expression]:
    own = [expression for indicator in role.indicators for _, expression in indicator.expressions]
    return own + [condition for alert in role.alerts for condition in alert.when]


def test_a_role_file_that_somebody_edited_is_read(tmp_path: Path) -> None:
    shutil.copytree(Path(str(ROLES)), tmp_path / "roles")
    edited = tmp_path / "roles" / "ecommerce-operations.toml"
    assert prepared_versions(edited) is not None
    before = Catalogue.of(tmp_path).role("ecommerce-operations")
    content = edited.read_text("utf-8")
    edited.write_text(content.replace("每低5个百分点扣3分", "每低5个百分点扣4分"), "utf-8")
    assert content != edited.read_text("utf-8")
    assert prepared_versions(edited) is None
    after = Catalogue.of(tmp_path).role("ecommerce-operations")
    assert digest(before) != digest(after)
    assert {i.rule_text for i in after.indicators} & {"每低5个百分点扣4分"}


def test_shipped_roles_load_no_reader_of_sentences() -> None:
    script = (
        "import sys; from xlkpi.catalogue.catalogue import Catalogue;"
        "roles = Catalogue.shipped().roles(); assert len(roles) >= 24;"
        "[i.rule for r in roles.values() for i in r.indicators];"
        "print(*[name for name in sys.modules if name.startswith(('xlkpi.rules.parser', 'xlkpi.rules.resolver'))])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
