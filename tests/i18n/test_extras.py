"""A feature whose libraries are missing says what to install; everything else goes on without them."""

from __future__ import annotations

import pickle
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.catalogues import shipped_with, use
from xlkpi.cli import main
from xlkpi.i18n.extras import EXTRAS, MissingExtraError, need
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.message_files import PROBLEMS

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = {"docx": "python-docx", "pyopenvba": "pyOpenVBA"}
"""Of modules that are called otherwise than what installs them."""


def _without(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] in EXTRAS[extra]]:
        monkeypatch.delitem(sys.modules, module)
    for module in EXTRAS[extra]:
        monkeypatch.setitem(sys.modules, module, None)


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_installs_what_its_feature_loads(extra: str) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = " ".join(declared[extra])
    assert all(DISTRIBUTIONS.get(module, module) in wanted for module in EXTRAS[extra])
    assert f"xlkpi[{','.join(EXTRAS)}]" in declared["all"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("extra", EXTRAS)
def test_what_to_install_is_said_in_every_language(extra: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _without(extra, monkeypatch)
    with pytest.raises(MissingExtraError) as caught:
        need(extra)
    message, advice = PROBLEMS.pair(caught.value.key, language, **caught.value.values)
    assert message.isascii() == (language == "en")
    assert f'-m pip install "xlkpi[{extra}]"' in advice


def test_the_reason_comes_whole_out_of_a_worker() -> None:
    error = MissingExtraError("word")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("extra", "arguments", "file"),
    [
        ("plot", ("explain", "每次扣10分", "--plot", "picture.png"), "picture.png"),
        ("word", ("guide", ".", "-o", "guides"), "guides"),
        ("addin", ("addin", "build", "--for", "excel", "-o", "a.xlam"), "a.xlam"),
        ("addin", ("addin", "build", "--for", "libreoffice", "-o", "a.oxt"), "a.oxt"),
        ("zh-hant", ("new", "2026Q4", "--role", "web-editor", "--lang", "zh-Hant", "-o", "form.xlsx"), "form.xlsx"),
        ("cluster", ("collect", ".", "-o", "sum.xlsx", "--dask", "tcp://127.0.0.1:9"), "sum.xlsx"),
    ],
)
def test_a_command_says_what_to_install_and_writes_nothing(
    extra: str, arguments: tuple[str, ...], file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _without(extra, monkeypatch)
    use(monkeypatch, shipped_with(tmp_path, {}))  # one whose translations nobody has read yet
    result = _run(*arguments)
    assert (result.exit_code, f"xlkpi[{extra}]" in result.output) == (2, True), result.output
    assert not (tmp_path / file).exists()


def test_web_pages_need_no_library_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run("demo", ".").exit_code == 0
    _without("word", monkeypatch)
    (form,) = tmp_path.glob("*.xlsx")
    result = _run("guide", form, "-o", "guides", "--format", "html")
    assert list(tmp_path.glob("guides/**/*.html")), result.output
