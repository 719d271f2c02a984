"""Reading sentences, and the time to load the functions, roles and command line."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row, alone, fresh
from benchmarks.scoring import BANDS, STEPS, TWO
from xlkpi.rules.parser.parse import parse

TITLE = "Reading a sentence, and loading"
TIMES = 0.02
"""Goal: what was read when the program was built, beside reading it now."""
UNKNOWN = "每低5个百分点扣3.25分"


def rows() -> Iterator[Row]:
    for sentence in (STEPS, BANDS, TWO):
        yield alone(f"a new sentence: {sentence}", lambda sentence=sentence: parse.__wrapped__(sentence, "次"))
    first = "udfs.kpi.KPI_SCORE(0.12, 0.2, {!r})".format
    unknown = fresh("", "import udfs.kpi", first(UNKNOWN))
    known = fresh("", "import udfs.kpi", first(STEPS))
    yield Row("the first score, by a sentence of a shipped role, beside one that has to be read", known.seconds,
              unknown.seconds, times=TIMES)  # fmt: skip
    role = "xlkpi.catalogue.catalogue.Catalogue.shipped().{}".format
    file = "workbook_templates/roles/ecommerce-operations.toml"
    read = f"import pathlib, xlkpi.catalogue.role_file as r; r.read_versions(pathlib.Path({file!r}))"
    before = "import xlkpi.catalogue.catalogue"
    prepared = fresh("", before, role("role('ecommerce-operations')"))
    yield Row("the first role, beside reading its file", prepared.seconds, fresh("", before, read).seconds, times=TIMES)
    yield fresh("all shipped roles", before, role("roles()"))
    yield fresh("the command line, all that `xlkpi --help` waits for", "", "import xlkpi.cli")
    yield fresh("`import udfs.kpi` on top of xlwings", "import xlwings", "import udfs.kpi", goal=0.1)
