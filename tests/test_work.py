"""Work beyond one process: the same result from threads, processes and a cluster; a worker that dies loses nothing."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import dask
import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from tests.company import QUARTER, Filled, posts, put, workbook
from tests.workers import checked, refused
from xlkpi import fingerprint, work
from xlkpi.catalogue import CatalogueError, load_company
from xlkpi.check import check_workbook
from xlkpi.cli import main
from xlkpi.cli import workers as cli_workers
from xlkpi.collect import Check, collect, find, receive_all
from xlkpi.generate.books import workbooks
from xlkpi.generate.collected import build
from xlkpi.generate.guide_pages import templates
from xlkpi.grouping import grouped
from xlkpi.guide import guides
from xlkpi.guide_files import named, rendered
from xlkpi.work import LostError, chunks, mapped

PEOPLE = posts()[:6]
FILES = {f"{n}.xlsx": PEOPLE[2 * n : 2 * n + 2] for n in range(3)} | {"坏的.xlsx": []}
VICTIM = "1.xlsx"
Open = Callable[[], AbstractContextManager[Executor]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two worker processes on this machine, which their nannies start again when they die."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        yield cluster


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.fixture(params=["threads", "processes", "cluster"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "cluster":
        with request.getfixturevalue("cluster").get_client() as client:
            yield client.get_executor(pure=False)
    else:
        with ThreadPoolExecutor(2) if request.param == "threads" else _processes() as executor:
            yield executor


@pytest.fixture(params=["processes", "cluster"])
def mortal(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Workers that may die."""
    if request.param == "cluster":
        with request.getfixturevalue("cluster").get_client() as client:
            yield client.get_executor(pure=False)
    else:
        with _processes() as executor:
            yield executor


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "2026Q4"
    for name, people in FILES.items():
        put(folder / name, workbook([Filled(post, 0.8 + int(post.id) * 0.02) for post in people])) if people else None
    (folder / "坏的.xlsx").write_bytes(b"PK no workbook")
    return folder


def _received(folder: Path, executor: Executor | None = None, check: Check = check_workbook) -> dict[str, Any]:
    """All that comes of the files: the summary, the guides."""
    received = list(receive_all(find([folder]), executor, check))
    collection, company = collect(received, QUARTER, load_company()), load_company()
    found = guides([ranked.person for ranked in collection.ranking], QUARTER, None)
    pages = rendered(named(found), templates(("html", "docx"), None)[0], company, executor)
    return {
        "files": [(file.name, file.path, file.saved, file.problems) for file in received],
        "summary": build(collection, company, folder),
        "guides": [(name, _parts(content)) for files in pages for name, content in files],
    }


def _made(executor: Executor | None = None) -> dict[str, Any]:
    groups = grouped(PEOPLE, QUARTER, "superior", "zh-Hans")
    return {name: _parts(content) for name, content in workbooks(groups, QUARTER, executor=executor)}


def _parts(content: bytes) -> Mapping[str, bytes] | bytes:
    """What is in a package, but for when it was written."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}


@pytest.fixture(scope="module")
def alone(folder: Path) -> dict[str, Any]:
    """What one process gives."""
    return _received(folder)


# --- the same result ------------------------------------------------------------------------------------------------


def test_all_kinds_of_workers_give_what_one_process_gives(
    executor: Executor, folder: Path, alone: dict[str, Any]
) -> None:
    assert _received(folder, executor) == alone
    assert _made(executor) == _made()


def test_a_worker_that_dies_in_the_middle_loses_nothing(
    mortal: Executor, folder: Path, alone: dict[str, Any], tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    flag.touch()
    assert _received(folder, mortal, partial(checked, victim=VICTIM, flag=flag)) == alone
    assert not flag.exists()  # somebody did die


def test_a_file_of_which_every_worker_dies_is_a_problem_and_the_others_are_read(
    mortal: Executor, folder: Path, alone: dict[str, Any]
) -> None:
    files = list(receive_all(find([folder]), mortal, partial(checked, victim=VICTIM)))
    fatal = next(file for file in files if file.name == VICTIM)
    assert [(problem.file, problem.kind) for problem in fatal.problems] == [(VICTIM, "file")]
    assert "中断" in fatal.problems[0].message
    others = [(file.name, file.path, file.saved, file.problems) for file in files if file is not fatal]
    assert others == [file for file in alone["files"] if file[0] != VICTIM]


# --- spreading work -------------------------------------------------------------------------------------------------


def _no_loss(number: int) -> int:
    raise LostError(str(number))


def test_what_the_work_raises_is_raised_where_its_turn_is(executor: Executor) -> None:
    given: list[int] = []
    with pytest.raises(ValueError, match="5"):
        given.extend(mapped(refused, range(9), executor, lost=_no_loss))
    assert not given  # `extend` takes all or nothing
    results = mapped(refused, range(9), executor, lost=_no_loss)
    assert [next(results) for _ in range(5)] == [0, 10, 20, 30, 40]
    with pytest.raises(ValueError, match="5"):
        next(results)


@pytest.mark.parametrize(("flight", "heaviest", "most"), [(4, 100, 4), (100, 5, 5), (100, 0, 1)])
def test_items_are_taken_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch, flight: int, heaviest: int, most: int
) -> None:
    monkeypatch.setattr(work, "FLIGHT", flight)
    monkeypatch.setattr(work, "HEAVIEST", heaviest)
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for taken in range(1, 31):
            yield taken

    with ThreadPoolExecutor(2) as executor:
        away = [taken - done for done, _ in enumerate(mapped(str, items(), executor, weight=lambda item: 1, lost=str))]
    assert max(away) == most + 1  # one more is in the hand when there is no room


class _Gone(Executor):
    """Workers that go before they have done anything, each in its way."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        (number,) = arguments[1:]
        if number % 2:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[Any] = Future()
        future.cancel()
        return future


def test_workers_that_go_leave_the_work_to_a_process_here(caplog: pytest.LogCaptureFixture) -> None:
    assert list(mapped(refused, range(4), _Gone(), lost=_no_loss)) == [0, 10, 20, 30]
    assert "改在本机" in caplog.text


def test_chunks() -> None:
    assert [*chunks([3, 1, 5, 1, 1], int, 4)] == [[3, 1], [5], [1, 1]]
    assert [*chunks([], int, 4)] == []


def test_faults_travel_between_processes() -> None:
    import pickle

    with pytest.raises(CatalogueError) as caught:
        list(workbooks({"a.xlsx": [posts()[0].__class__("1", "甲", role="没有")]}, QUARTER))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))


# --- the command line -----------------------------------------------------------------------------------------------


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    return result.exit_code, result.output


def _files(folder: Path) -> dict[str, Any]:
    return {path.name: _parts(path.read_bytes()) for path in folder.iterdir()}


def test_commands_give_the_same_by_a_cluster(cluster: LocalCluster, folder: Path, tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    rows = [f"{post.id},{post.name},{post.role},{post.superior}" for post in PEOPLE]
    roster.write_text("\n".join(["工号,姓名,岗位,直接上级", *rows]), "utf-8-sig")
    told = {}
    for how, options in (("一", ["--jobs", 1]), ("群", ["--dask", cluster.scheduler_address])):
        told[how] = [
            _run("new", QUARTER, "--roster", roster, "-o", tmp_path / how / "发出", *options),
            _run("collect", folder, "-o", tmp_path / how / "汇总" / "s.xlsx", *options),
            _run("guide", folder, "-o", tmp_path / how / "指南", "--format", "html", *options),
        ]
    assert [(code, text.replace("群", "一")) for code, text in told["群"]] == told["一"]
    assert [code for code, _ in told["一"]] == [0, 1, 1]  # one file cannot be read
    for made in ("发出", "汇总", "指南"):
        assert _files(tmp_path / "群" / made) == _files(tmp_path / "一" / made)


def test_workers_that_would_come_to_something_else_are_refused(
    cluster: LocalCluster, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "__version__", "0.0")
    code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", cluster.scheduler_address)
    assert code == 1
    assert "与本机的不同" in said


def test_a_cluster_without_workers_is_told(folder: Path, tmp_path: Path) -> None:
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as cluster:
        code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", cluster.scheduler_address)
    assert code == 1
    assert "没有工作进程" in said


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://没有", "没有", "weird://x"])
def test_a_cluster_that_is_not_there_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cli_workers, "_PATIENCE", 0.2)
    code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", address)
    assert code == 1
    assert said.startswith(f"{address}：连不上")


def test_dask_is_wanted_only_where_it_is_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", "tcp://127.0.0.1:9")
    assert (code, "xlkpi[cluster]" in said) == (2, True)
    assert _run("collect", folder, "-o", tmp_path / "s.xlsx")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["collect", ".", "-o", "s.xlsx", "--jobs", 2, "--dask", "tcp://127.0.0.1:9"],
        ["new", "2026Q4", "-o", "s.xlsx", "--dask", "tcp://127.0.0.1:9"],
        ["new", "2026Q4", "-o", "s.xlsx", "--jobs", 2],
    ],
)
def test_options_that_do_not_go_together(arguments: list[object]) -> None:
    assert _run(*arguments)[0] == 2
