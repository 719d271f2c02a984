"""Hostile input: whatever somebody sends is told in a line, costs little, and keeps nothing else from being read.

Elsewhere: sheets and identities deleted, doubled, renamed, moved (intake, check with cases/faults), damaged history
(collect/test_history), names of files and sheets (form/test_names), templates (guide), role files (cases/bad_roles).
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.support import hostile
from tests.support.archives import parts_of
from tests.support.catalogues import SHIPPED
from tests.support.company import NAMES
from tests.support.forms import layout
from xlkpi.calc import sandbox as confined
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.common.quarter import Quarter
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import UnreadableError
from xlkpi.intake.workbook import open_workbook, read, scored
from xlkpi.roster.reader import read_roster
from xlkpi.xlsx.archive import LARGEST, content_of, sheet_parts, unpack
from xlkpi.xlsx.cells import stored_cells
from xlkpi.xlsx.edit import fill

MEMORY = 500  # MB
PYTHON_WORDS = ("Traceback", "Error", "zipfile", "BadZip", "xlkpi/", "程序出错")


@dataclass(frozen=True)
class Run:
    """A command run in a process of its own; megabytes of the larger of it and of those that it starts."""

    code: int
    out: str
    err: str
    megabytes: int


def run(*arguments: object) -> Run:
    """Run a command, and look at what it took; a hang ends the test."""
    code = (
        "import sys; from xlkpi.cli import main\n"
        "try: main()\n"
        "finally:\n"
        " print(open('/proc/self/status').read(), file=sys.stderr)\n"
        " import resource; print('Children:', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, timeout=200)
    out, err = done.stdout.decode(), done.stderr.decode()
    told, _, status = err.rpartition("Name:")
    used = re.search(r"VmHWM:\s+(\d+) kB", status)  # of this process alone; ru_maxrss starts with the parent's
    started = re.search(r"Children: (\d+)", status)
    assert used
    assert started
    assert [word for word in PYTHON_WORDS if word in out + told] == []
    return Run(done.returncode, out, told, max(int(used[1]), int(started[1])) // 1024)


def here(*arguments: object) -> Result:
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert [word for word in PYTHON_WORDS if word in result.output] == []
    return result


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of everything hostile, and of one good form."""
    folder = tmp_path_factory.mktemp("batch")
    for name, (build, _) in hostile.UNREADABLE.items():
        (folder / f"{name}.xlsx").write_bytes(build())
    for name, build in hostile.READ.items():
        (folder / f"{name}.xlsx").write_bytes(build())
    (folder / "good.xlsx").write_bytes(hostile.good())
    (folder / "~$good.xlsx").write_bytes(b"a lock file")
    (folder / "folder.xlsx").mkdir()
    (folder / "round.xlsx").symlink_to(folder / "round.xlsx")
    (folder / "nowhere.xlsx").symlink_to(folder / "nothing.xlsx")
    (folder / "endless.xlsx").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.xlsx")
    inside = folder / "inside"
    inside.mkdir()
    (inside / "up").symlink_to(folder)
    for name in ("new\nline.xlsx", "\x1b[31mred.xlsx", "\u202exslx.exe.xlsx", os.fsdecode(b"\xff.xlsx")):
        (inside / name).write_bytes(hostile.good())
    yield folder
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == sorted(
        [f"{name}.xlsx" for name in (*hostile.UNREADABLE, *hostile.READ, "good")] + ["~$good.xlsx"]
    )
    assert (folder / "good.xlsx").read_bytes() == hostile.good()


IRREGULAR = {"round": "没有这个文件", "nowhere": "没有这个文件", "endless": "不是普通的文件", "pipe": "不是普通的文件"}


def _told(problems: list[dict[str, Any]]) -> dict[str, str]:
    told: dict[str, str] = {}
    for problem in problems:
        if problem["severity"] == "error":
            told.setdefault(problem["file"], problem["message"])
    return told


def _everything_is_told(problems: list[dict[str, Any]]) -> None:
    told = _told(problems)
    expected = {name: words for name, (_, words) in hostile.UNREADABLE.items()} | IRREGULAR
    assert {name: words for name, words in expected.items() if words not in told.get(f"{name}.xlsx", "")} == {}
    assert all(problem["advice"] for problem in problems)


def test_collect_tells_of_every_hostile_file_and_counts_the_good_ones(batch: Path, tmp_path: Path) -> None:
    done = run("collect", batch, "-o", tmp_path / "all.xlsx", "--json", "--jobs", 1)
    assert done.code == 1, done.err
    assert done.megabytes < MEMORY
    collection = json.loads(done.out)
    _everything_is_told(collection["problems"])
    good = [file["file"] for file in collection["files"] if [sheet["state"] for sheet in file["sheets"]]]
    names = ["new\\nline", "\\x1b[31mred", "\\u202exslx.exe", "\\udcff"]
    assert set(good) == {f"{n}.xlsx" for n in (*hostile.READ, "good")} | {f"inside/{name}.xlsx" for name in names}
    assert [(person["name"], person["complete"]) for person in collection["people"]] == [(NAMES[0], True)]


def test_check_tells_of_every_hostile_file(batch: Path) -> None:
    files = sorted(path for path in batch.iterdir() if path.suffix == ".xlsx" and not path.is_dir())
    done = run("check", *files, "--json")
    assert done.code == 1, done.err
    assert done.megabytes < MEMORY
    _everything_is_told(json.loads(done.out))


def test_next_tells_of_every_hostile_file_and_carries_the_good_one(batch: Path, tmp_path: Path) -> None:
    done = run("next", batch, "-o", tmp_path / "next", "--json")
    assert done.code == 1, done.err
    assert done.megabytes < MEMORY
    made = json.loads(done.out)
    _everything_is_told([problem | {"severity": "error"} for problem in made["problems"]])
    assert [person["name"] for person in made["people"]] == [NAMES[0]]


BOMBS = ["bomb of 10 GB", "bomb that lies", "one text everywhere", "far away", "password"]


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_is_refused_by_every_command(batch: Path, tmp_path: Path, name: str) -> None:
    """Each refuses in its own way; the roster's file is the same one."""
    path, words = batch / f"{name}.xlsx", hostile.UNREADABLE[name][1]
    for arguments in (
        ["score", path],
        ["recalc", path, "-o", tmp_path / "recalc.xlsx"],
        ["refresh", path, "-o", tmp_path / "refresh.xlsx"],
        ["guide", path, "-o", tmp_path / "guides"],
        ["new", "2026Q4", "--roster", path, "-o", tmp_path / "new"],
        ["check", path, "--mark", tmp_path / "out.xlsx"],
    ):
        result = here(*arguments)
        assert result.exit_code == 1, arguments
        assert any(word in result.output for word in (words, "表头", "不是名册")), result.output
    assert list(tmp_path.glob("re*.xlsx")) == []


LARGE = "a text of a gigabyte"


@pytest.mark.parametrize(("command", "name"), [("refresh", LARGE), *(("recalc", name) for name in hostile.FORMULAS)])
def test_formulas_that_take_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: str) -> None:
    monkeypatch.setattr(confined, "SECONDS", 2)  # they would not end in 20 either
    build, cell = hostile.FORMULAS[name]
    path = tmp_path / "表.xlsx"
    path.write_bytes(content := build())
    result = here(command, path, "-o", tmp_path / "out.xlsx")
    assert result.exit_code == 1
    assert "表.xlsx" in result.output
    assert "用时超过 2 秒或内存超过 450 MB" in result.output
    place = f"{read_titles(hostile.good())[0]}”表 {cell}" if cell else "公式计算不完"
    assert place in result.output
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_formulas_that_take_too_much_leave_the_rest_of_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(hostile.FORMULAS[LARGE][0]())
    done = run("recalc", path)
    assert done.code == 1
    assert done.megabytes < MEMORY


@pytest.mark.parametrize("name", hostile.CELLS)
def test_what_stands_for_a_number_is_read_as_one_or_told(tmp_path: Path, name: str) -> None:
    xml, told = hostile.CELLS[name]
    path = tmp_path / "表.xlsx"
    path.write_bytes(hostile.in_cell(xml))
    problems = read(path, SHIPPED).problems
    assert [problem.message for problem in problems if told is None or told not in problem.message] == []
    assert len(problems) == (0 if told is None else 1)
    result = here("score", path, "--json")
    assert result.exit_code == (0 if told is None else 1)
    assert json.loads(result.stdout)["problems"] or told is None
    if told and "“" in told:
        assert problems[0].cell == hostile.SALES
        assert told in here("score", path).stdout.replace("\n", "")


def test_a_file_that_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(hostile.good())
    opened = Path.open

    def while_it_grows(self: Path, *arguments: Any) -> Any:
        with opened(path, "ab") as file:
            file.write(b"more")
        return opened(self, *arguments)

    monkeypatch.setattr(Path, "open", while_it_grows)
    with pytest.raises(UnreadableError, match="正在写入"):
        content_of(path)


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    with path.open("wb") as file:
        file.truncate(50 * LARGEST)
    assert "太大" in here("score", path).stdout


# --- what is registered -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "alike", "told"),
    [(1, True, "登记了不止一次"), (5_000, False, "内容太多"), (20, False, "工作表不见了")],
    ids=["twice", "thousands", "of sheets that are not there"],
)
def test_registrations_more_than_forms(tmp_path: Path, count: int, alike: bool, told: str) -> None:
    parts = parts_of(hostile.good())
    (part,) = (part for part, sheet in sheet_parts(parts) if sheet == META_SHEET)
    data = parts[part]
    last = data[data.rindex(b"<row") : data.rindex(b"</row>") + 6].replace(b' r="', b' x="')
    title = next(cell for cell in re.findall(rb' t="s"><v>\d+</v></c>', last)[1:])
    own = b' t="str"><v>%d</v></c>'
    rows = b"".join(last.replace(title, title if alike else own % n, 1) for n in range(1000, 1000 + count))
    path = tmp_path / "表.xlsx"
    path.write_bytes(hostile.replaced(part, b"</sheetData>", rows + b"</sheetData>"))
    result = here("score", path, "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"]
    assert [problem["message"] for problem in problems if told not in problem["message"]] == []
    assert len(problems) == (count if told == "工作表不见了" else 1)


def test_identities_that_changed_places(tmp_path: Path) -> None:
    """Whose values are whose nobody can know; the labels tell that something is wrong, and nothing counts."""
    rows = layout().rows
    cells = {f"A{rows['m:sales']}": "m:uv", f"A{rows['m:uv']}": "m:sales"}
    path = tmp_path / "表.xlsx"
    title = read_titles(hostile.good())[0]
    path.write_bytes(fill(hostile.good(), {title: cells}))
    (one,) = check([path], SHIPPED)
    assert {problem.row_id for problem in one.problems if problem.kind == "moved"} == {"m:sales", "m:uv"}
    assert read(path, SHIPPED).forms == ()


def test_cells_that_were_merged_are_empty(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(hostile.good()))
    sheet = book[read_titles(hostile.good())[0]]
    sheet.merge_cells(f"{layout().address('m:sales', 'm1')}:{layout().address('m:sales', 'm3')}")
    path = tmp_path / "表.xlsx"
    book.save(path)
    (one,) = check([path], SHIPPED)
    missing = {problem.cell for problem in one.problems if problem.kind == "missing"}
    assert missing == {layout().address("m:sales", "m2"), layout().address("m:sales", "m3")}


def read_titles(content: bytes) -> list[str]:
    """The names of the sheets that are forms."""
    return [form.sheet for form in scored(open_workbook(content, "", SHIPPED)).forms]


# --- rosters and other files ------------------------------------------------------------------------------------------

INJECTED = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1"]
_QUOTED = r"""'(?:[^']|'')*'!|"(?:[^"]|"")*\""""
ODD = [*INJECTED, "../../etc/passwd", "C:\\x\\..\\y", "CON", "nul.txt", "\u202egnp.exe", "字" * 32767, "a\x00b\x1b[31m"]


def test_odd_names_become_no_formula_no_path_and_no_device(tmp_path: Path) -> None:
    """They become names, never formulas, paths or devices."""
    path, made = tmp_path / "名册.csv", tmp_path / "made"
    role = hostile.assignments()[0].role
    rows = [f'"{n}","{name}","{name}",{role},"{"王" if name in INJECTED[1:] else name}"' for n, name in enumerate(ODD)]
    path.write_text("\n".join(["工号,姓名,部门,岗位,直接上级", *rows]), "utf-8", newline="")
    result = here("new", "2026Q4", "--roster", path, "-o", made)
    files = sorted(made.iterdir())
    assert result.exit_code == 0, result.output
    assert len(files) == len(ODD) - len(INJECTED) + 2  # one of each superior
    assert {item.name for item in tmp_path.iterdir()} == {"名册.csv", "made", "历史"}
    collected = here("collect", made, "-o", tmp_path / "all.xlsx", "--json")
    assert {person["id"] for person in json.loads(collected.stdout)["people"]} == {str(n) for n in range(len(ODD))}
    for file in [*files, tmp_path / "all.xlsx"]:
        found = stored_cells(unpack(file.read_bytes())).values()
        # A formula may refer to a sheet of that name, or hold it as a text: both between quotation marks.
        bare = [re.sub(_QUOTED, "", formula) for cells in found for formula in cells.formulas.values()]
        assert [formula for formula in bare if re.search(r"cmd|calc|1\+1|SUM\(1\)", formula)] == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 9, b"\0" * 9, b"," * 3_000_000, b"\n" * 3_000_000, b'"' * 1001, "工号,姓名,岗位\n".encode() * 2],
    ids=["empty", "no text", "zeros", "commas", "lines", "quotes", "headers"],
)
def test_a_csv_that_is_no_roster_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "名册.csv"
    path.write_bytes(content)
    roster = read_roster(path, SHIPPED, Quarter(2026, 4))
    assert roster.assignments == ()
    assert all(problem.message and problem.advice for problem in roster.problems)


def test_a_roster_of_20_000_people(tmp_path: Path) -> None:
    """Each is compared with those of the same number, not with everyone."""
    path = tmp_path / "名册.csv"
    role = hostile.assignments()[0].role
    path.write_text("工号,姓名,岗位\n" + "\n".join(f"{n},甲{n},{role}" for n in range(20_000)), "utf-8")
    assert len(read_roster(path, SHIPPED, Quarter(2026, 4)).assignments) == 20_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 10_000, "括号"),
        ("a = " + "9" * 10_000, "数字"),
        ("#" * 3_000_000, "超过 2 MB"),
        ("a = 1\n" * 2, "不是有效的TOML"),
        ('title = "\\ud800"', "不是有效的TOML"),
    ],
    ids=["brackets", "digits", "large", "twice", "half a character"],
)
def test_lint_of_a_hostile_role_file(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "role.toml"
    path.write_text(text, "utf-8")
    result = here("lint", path)
    assert result.exit_code == 1
    assert words in result.stdout.replace("\n", "")


def test_a_history_that_grows_when_it_is_read(tmp_path: Path) -> None:
    part = tmp_path / "历史" / "quarter=2026Q3" / "part.parquet"
    part.parent.mkdir(parents=True)
    pd.DataFrame({"id": pd.Series(["x"], dtype="category").repeat(30_000_000)}).to_parquet(part, index=False)
    assert part.stat().st_size < 1_000_000
    done = run("trend", tmp_path, "-o", tmp_path / "out.xlsx")
    assert done.code == 1
    assert "行" in done.err
    assert done.megabytes < MEMORY
