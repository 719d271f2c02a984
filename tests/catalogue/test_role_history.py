"""A role file's history: the role as of every quarter, forms that stay as they were, what faulty files are told."""

from __future__ import annotations

import io
import tomllib
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import FINE, USAGE, run
from tests.support import own_roles
from tests.support.catalogues import SHIPPED, shipped_text, shipped_with
from tests.support.paths import CASES
from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.catalogue.role_file import read_versions
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.catalogue.versions.digest import digest
from xlkpi.check.refresh import refresh
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.intake.workbook import read
from xlkpi.lint.run import lint
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

FOLDER = CASES / "roles_history"
GROWN = FOLDER / "grown.toml"
BAD = sorted(path.with_name(path.name.replace(".errors.txt", ".toml")) for path in FOLDER.glob("*.errors.txt"))
VERSIONS: list[dict[str, Any]] = tomllib.loads((FOLDER / "grown.versions.toml").read_text("utf-8"))["versions"]
Q4, Q1 = Quarter(2026, 4), Quarter(2027, 1)


@pytest.fixture
def grown(tmp_path: Path) -> Catalogue:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / GROWN.name).write_bytes(GROWN.read_bytes())
    return Catalogue.of(tmp_path)


def test_every_version_has_its_indicators_weights_and_targets() -> None:
    versions = read_versions(GROWN)
    assert [(str(v.first), str(v.last or "")) for v in versions] == [(v["first"], v["last"]) for v in VERSIONS]
    for version, expected in zip(versions, VERSIONS, strict=True):
        role = version.role
        assert [
            [i.id, str(role.weights[i.id] * 100), "" if (target := i.parts[0].target) is None else target, i.rule_text]
            for i in role.indicators
        ] == [[id, str(Fraction(weight)), target, rule] for id, weight, target, rule in expected["indicators"]]
        assert [measure.id for measure in role.measures] == expected["measures"].split()
        assert [alert.id for alert in role.alerts] == expected["alerts"].split()
        assert [duty.text for duty in role.duties] == [expected["duty"]]
        assert role.effective_from == "2026Q1"


@pytest.mark.parametrize(
    ("quarter", "version"),
    [("2026Q1", 0), ("2026Q2", 1), ("2026Q4", 1), ("2027Q1", 2), ("2027Q2", 2), ("2027Q3", 3), ("2031Q1", 3)],
)
def test_a_quarter_gets_the_version_that_was_in_force(grown: Catalogue, quarter: str, version: int) -> None:
    assert grown.role("grown", Quarter.parse(quarter)) == grown.versions("grown")[version].role


def test_without_a_quarter_the_newest(grown: Catalogue) -> None:
    assert grown.role("grown") == grown.versions("grown")[-1].role


def test_a_quarter_before_the_first_is_refused(grown: Catalogue) -> None:
    with pytest.raises(UnknownRoleError, match=r"grown\.toml：effective_from.*“示例岗位”从2026Q1起使用，2025Q4还没有"):
        grown.role("grown", Quarter(2025, 4))


def test_new_refuses_a_quarter_before_the_first(tmp_path: Path) -> None:
    for given in (("--role", "web-editor"), ()):
        result = run("new", "2025Q4", *given, "-o", tmp_path / "a.xlsx")
        assert result.exit_code == USAGE
        assert "2025Q4还没有" in result.stderr
        assert "Traceback" not in result.stderr
    assert run("new", "2026Q1", "--role", "web-editor", "-o", tmp_path / "a.xlsx").exit_code == FINE


def test_roles_that_begin_later_are_not_in_a_quarter(tmp_path: Path) -> None:
    text = shipped_text("roles/web-editor.toml").replace('effective_from = "2026Q1"', 'effective_from = "2027Q1"')
    catalogue = shipped_with(tmp_path, {"roles/web-editor.toml": text})
    assert set(catalogue.roles()) - set(catalogue.roles(Q4)) == {"web-editor"}
    assert set(catalogue.roles(Q1)) == set(catalogue.roles())


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_fault_of_a_history_is_told_at_once(path: Path) -> None:
    expected = [line.split(" | ") for line in path.with_suffix(".errors.txt").read_text("utf-8").splitlines()]
    with pytest.raises(CatalogueError) as caught:
        read_versions(path)
    faults = [str(fault) for fault in caught.value.faults]
    for words in expected:
        assert any(all(word in fault for word in words) for fault in faults), (words, faults)
    assert len(faults) == len(expected), faults


def test_every_faulty_history_has_its_words() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {path.stem for path in BAD} | {"grown", "grown.versions"}


def test_lint_looks_at_every_version(tmp_path: Path) -> None:
    assert [(f.key, f.kind) for f in lint(SHIPPED, [GROWN])] == [
        ("groups (2027Q1–2027Q2)", "weight"),
        ("groups (2027Q3–)", "weight"),
    ]
    path = tmp_path / "grown.toml"
    path.write_text(GROWN.read_text("utf-8").replace('rule = "每低1个百分点扣2分"', 'rule = "每低1%扣2分"'), "utf-8")
    found = [(f.key, f.kind) for f in lint(SHIPPED, [path])]
    assert ("indicators[visitor_growth].rule (2026Q1–2026Q1)", "wording") in found
    assert ("indicators[visitor_growth].rule (2026Q2–2026Q4)", "wording") in found
    assert [kind for key, kind in found if "2027" in key] == ["weight", "weight"]


# --- forms that stay as they were -------------------------------------------------------------------------------------


def _parts(content: bytes) -> dict[str, bytes]:
    """A workbook's parts without the time of writing."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


def test_the_form_of_a_quarter_stays_the_same_when_the_role_changes(tmp_path: Path) -> None:
    before = SHIPPED.role("ecommerce-operations", Q4)
    written = uncalculated([PlannedSheet("表", before)], SHIPPED, Q4)
    changed = own_roles.changed(tmp_path)
    assert changed.role("ecommerce-operations") != before, "the change is there"
    again = changed.role("ecommerce-operations", Q4)
    assert again == before
    assert digest(again) == digest(before) != digest(changed.role("ecommerce-operations", Q1))
    assert _parts(uncalculated([PlannedSheet("表", again)], changed, Q4)) == _parts(written)


def test_a_form_is_read_with_the_role_as_of_its_quarter(tmp_path: Path) -> None:
    role, sample = SHIPPED.role("ecommerce-operations"), SHIPPED.samples()["ecommerce-operations"]
    path = tmp_path / "form.xlsx"
    typed = typed_cells(role, sample.measures, sample.person, sample.targets)
    path.write_bytes(fill(uncalculated([PlannedSheet("表", role)], SHIPPED, Q4), {"表": typed}))
    expected = read(path, SHIPPED)
    assert expected.forms[0].appraisal.complete
    changed = own_roles.changed(tmp_path)
    assert read(path, changed) == expected
    assert refresh(path.read_bytes(), path.name, changed).problems == ()


def test_a_value_carried_over_is_no_part_of_the_form() -> None:
    """The digest of forms made before the key was there stays what it was."""
    assert "carried_from" not in repr(SHIPPED.role("ecommerce-operations").measures)
