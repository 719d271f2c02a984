"""Work beyond one process: the same result from threads, processes and a cluster; a worker that dies loses nothing."""

from __future__ import annotations

import gc
import io
import pickle
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import dask
import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from tests.support.catalogues import SHIPPED
from tests.support.company import QUARTER, Filled, assignments, put, workbook
from tests.support.paths import CASES
from tests.support.workers import checked
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.check.run import check_workbook
from xlkpi.cli import main
from xlkpi.cli import workers as cli_workers
from xlkpi.collect.collection import collect
from xlkpi.collect.workbook import build
from xlkpi.common import fingerprint
from xlkpi.common import parallel as work
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import HISTORY
from xlkpi.common.parallel import LostError, chunks, mapped
from xlkpi.guide.content import guides
from xlkpi.guide.files import named, rendered
from xlkpi.guide.render import templates
from xlkpi.intake.received import Check, ReceivedFile, find_files, receive_all
from xlkpi.roster.grouping import grouped
from xlkpi.writer import workbook as books
from xlkpi.writer.workbook import workbooks

PEOPLE = [assignments()[n] for n in (3, 4, 6, 7)]
ONCE, ALWAYS = "1.xlsx", "3.xlsx"


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two worker processes on this machine, which their nannies start again when they die."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _workers(kind: str, request: pytest.FixtureRequest) -> Iterator[Executor]:
    if kind == "threads":
        with ThreadPoolExecutor(2) as executor:
            yield executor
    elif kind == "processes":
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        with request.getfixturevalue("cluster").get_client() as client:
            yield client.get_executor(pure=False)


@pytest.fixture(params=["threads", "processes"])  # what the cluster makes is tested through the commands
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with _workers(request.param, request) as executor:
        yield executor


@pytest.fixture(params=["processes", "cluster"])
def mortal(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Workers that may die."""
    with _workers(request.param, request) as executor:
        yield executor


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file a person, and one that cannot be read."""
    folder = tmp_path_factory.mktemp("work") / "2026Q4"
    for number, assignment in enumerate(PEOPLE):
        put(folder / f"{number}.xlsx", workbook([Filled(assignment, 0.8 + number * 0.05)]))
    (folder / "坏的.xlsx").write_bytes(b"PK no workbook")
    return folder


def _received(folder: Path, executor: Executor | None = None, check: Check = check_workbook) -> list[ReceivedFile]:
    return list(receive_all(find_files([folder]), SHIPPED, executor, check))


def _told(received: Sequence[ReceivedFile]) -> list[object]:
    """What is known of each file."""
    return [(file.name, file.path, file.saved, file.quarter, file.problems) for file in received]


def _summary(received: Sequence[ReceivedFile], folder: Path) -> bytes:
    return build(collect(received, QUARTER, SHIPPED), folder)


def _guides(received: Sequence[ReceivedFile], executor: Executor | None = None) -> list[object]:
    """The guides of two people: what two threads write at once must not mix."""
    ranking = collect(received, QUARTER, SHIPPED).ranking[:2]
    files = named(guides([ranked.person for ranked in ranking], QUARTER, None))
    made = rendered(files, templates(("html",), None)[0], SHIPPED, executor)
    return [(name, _parts(content)) for pages in made for name, content in pages]


def _forms(executor: Executor | None = None) -> dict[str, object]:
    groups = grouped(PEOPLE[:2], QUARTER, "person", "zh-Hans")
    return {name: _parts(content) for name, content in workbooks(groups, SHIPPED, QUARTER, executor=executor)}


def _parts(content: bytes) -> Mapping[str, bytes] | bytes:
    """What is in a package, but for when it was written."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}


@pytest.fixture(scope="module")
def alone(folder: Path) -> list[ReceivedFile]:
    """What one process reads."""
    return _received(folder)


@pytest.fixture(scope="module")
def made_alone(alone: list[ReceivedFile], folder: Path) -> list[object]:
    """What one process makes: summary, guides, forms."""
    return [_summary(alone, folder), _guides(alone), _forms()]


# --- the same result ------------------------------------------------------------------------------------------------


def test_all_kinds_of_workers_give_what_one_process_gives(
    executor: Executor,
    folder: Path,
    alone: list[ReceivedFile],
    made_alone: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(books, "FORMS", 1)
    received = _received(folder, executor)
    assert _told(received) == _told(alone)
    assert [_summary(received, folder), _guides(received, executor), _forms(executor)] == made_alone


def test_workers_that_die_in_the_middle_lose_nothing(
    mortal: Executor, folder: Path, alone: list[ReceivedFile], tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    flag.touch()
    received = _received(folder, mortal, partial(checked, once=(ONCE, flag), always=ALWAYS))
    assert not flag.exists()  # a worker did die of that file; it was read all the same
    fatal = next(file for file in received if file.name == ALWAYS)
    assert [(problem.file, problem.kind) for problem in fatal.problems] == [(ALWAYS, "file")]
    assert "中断" in fatal.problems[0].message
    others, read_alone = ([file for file in files if file.name != ALWAYS] for files in (received, alone))
    assert _told(others) == _told(read_alone)
    assert _summary(others, folder) == _summary(read_alone, folder)


# --- spreading work -------------------------------------------------------------------------------------------------


def _no_loss(text: str) -> int:
    raise LostError(text)


def test_what_the_work_raises_is_raised_where_its_turn_is(executor: Executor) -> None:
    results = mapped(int, ["1", "2", "x", "4"], executor, lost=_no_loss)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(ValueError, match="'x'"):
        next(results)


@pytest.mark.parametrize(("flight", "heaviest", "most"), [(4, 100, 4), (100, 5, 5), (100, 0, 1)])
def test_items_are_taken_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch, flight: int, heaviest: int, most: int
) -> None:
    monkeypatch.setattr(work, "MOST_WAITING", flight)
    monkeypatch.setattr(work, "MOST_BYTES", heaviest)
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        while taken < 30:
            taken += 1
            yield taken

    with ThreadPoolExecutor(2) as executor:
        away = [taken - done for done, _ in enumerate(mapped(str, items(), executor, size=lambda item: 1, lost=str))]
    assert max(away) == most + 1  # one more is in the hand when there is no room


class _Gone(Executor):
    """Workers that go before they have done anything, each in its way."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        if arguments[-1] == "1":
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[Any] = Future()
        future.cancel()
        return future


def test_workers_that_go_leave_the_work_to_a_process_here(caplog: pytest.LogCaptureFixture) -> None:
    assert list(mapped(int, ["0", "1", "2"], _Gone(), lost=_no_loss)) == [0, 1, 2]
    assert caplog.text.count("改由本机") == 1


def test_every_process_begins_with_what_it_is_given() -> None:
    with work.processes(2, partial(sys.setrecursionlimit, 4321)) as executor:
        assert [executor.submit(sys.getrecursionlimit).result() for _ in range(4)] == [4321] * 4


def test_work_is_split_by_what_it_weighs() -> None:
    assert [*chunks([3, 1, 5, 1, 1], int, 4)] == [[3, 1], [5], [1, 1]]
    assert [*chunks([], int, 4)] == []


def test_forms_that_travelled_have_one_role_together() -> None:
    """A hundred thousand forms hold each role once, whichever process they were read in."""
    role = SHIPPED.role("ecommerce-operations")
    one, other = pickle.loads(pickle.dumps(role)), pickle.loads(pickle.dumps(role))
    assert one is other is not role
    assert one == role
    assert one.weights == role.weights
    assert [indicator.rule for indicator in one.indicators] == [indicator.rule for indicator in role.indicators]


def test_faults_travel_between_processes() -> None:
    with pytest.raises(CatalogueError) as caught:
        SHIPPED.role("没有")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))


# --- the command line -----------------------------------------------------------------------------------------------


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    return result.exit_code, result.output


def _files(folder: Path) -> dict[str, Any]:
    """The files of a folder and of those below it, but for the history."""
    paths = [path for path in folder.rglob("*") if path.is_file() and HISTORY not in path.parts]
    return {path.relative_to(folder).as_posix(): _parts(path.read_bytes()) for path in paths}


def test_commands_give_the_same_by_a_cluster(cluster: LocalCluster, folder: Path, tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    rows = [f"{assignment.id},{assignment.name},{assignment.role},{assignment.superior}" for assignment in PEOPLE[:2]]
    roster.write_text("\n".join(["工号,姓名,岗位,直接上级", *rows]), "utf-8-sig")
    commands = {
        "发出": ["new", QUARTER, "--roster", roster],
        "汇总/s.xlsx": ["collect", folder],
        "指南": ["guide", folder / "0.xlsx", "--format", "html"],
    }
    told: dict[str, list[tuple[int, str]]] = {"one": [], "all": []}
    for output, command in commands.items():
        for who, options in (("one", ["--jobs", 1]), ("all", ["--dask", cluster.scheduler_address])):
            code, said = _run(*command, "-o", tmp_path / who / output, *options)
            told[who].append((code, said.replace(str(tmp_path / who), "")))
    assert told["all"] == told["one"]
    assert [code for code, _ in told["all"]] == [0, 1, 0]  # one file of the folder cannot be read
    for output in ("发出", "汇总", "指南"):
        assert _files(tmp_path / "all" / output) == _files(tmp_path / "one" / output) != {}


def test_a_cluster_works_by_a_catalogue_that_it_does_not_have(cluster: LocalCluster, tmp_path: Path) -> None:
    tea = Catalogue.of(shutil.copytree(CASES / "companies" / "tea", tmp_path / "tea"))
    shutil.rmtree(tmp_path / "tea")
    groups = {"a": [Assignment("1", "孙茶", role="store-manager")], "b": [Assignment("2", "李茶", role="tea-picker")]}
    with cluster.get_client() as client:
        executor = client.get_executor(pure=False)
        made = dict(workbooks(groups, tea, QUARTER, executor=executor))
        for name, content in made.items():
            (tmp_path / f"{name}.xlsx").write_bytes(content)
        received = list(receive_all(find_files([tmp_path]), tea, executor, check_workbook))
    assert {name: _parts(content) for name, content in made.items()} == {
        name: _parts(content) for name, content in workbooks(groups, tea, QUARTER)
    }
    assert [form.appraisal.role.title for file in received for form in file.filled.forms] == ["茶庄店长", "采茶员"]


def test_workers_that_would_come_to_something_else_are_refused(
    cluster: LocalCluster, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "__version__", "0.0")
    code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", cluster.scheduler_address)
    assert code == 1
    assert "与本机的不同" in said


def test_a_scheduler_without_xlkpi_is_told(folder: Path, tmp_path: Path) -> None:
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    start = f"from distributed.cli.dask_scheduler import main; main({options})"
    scheduler = subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.modules['xlkpi'] = None; {start}"],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert scheduler.stderr is not None
        address = next(filter(None, (re.search(r"Scheduler at:\s+(tcp://\S+)", line) for line in scheduler.stderr)))[1]
        code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", address)
    finally:
        scheduler.kill()
        scheduler.communicate()
    assert code == 1
    assert said.startswith(f"{address}：调度器所在的机器上没有能用的 xlkpi")


def test_a_cluster_without_workers_is_told(folder: Path, tmp_path: Path) -> None:
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", cluster.scheduler_address)
    assert code == 1
    assert "没有工作进程" in said


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://没有", "没有", "weird://x"])
def test_a_cluster_that_is_not_there_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cli_workers, "_TIMEOUT", 0.2)
    code, said = _run("collect", folder, "-o", tmp_path / "s.xlsx", "--dask", address)
    # A client that could not connect stops its loop when it is collected. Should that be while the next client starts
    # its own, both wait for one lock of distributed's: a command makes one client, only these tests make several.
    gc.collect()
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
