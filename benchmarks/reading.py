"""Reading sentences, and the time to load the functions, roles and command line."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row, alone, fresh, ratio
from benchmarks.scoring import BANDS, STEPS, TWO
from xlkpi.rules.parser.parse import parse

TITLE = "Reading a sentence, and loading"
KNOWN = 0.02
"""Goal: what was read when the program was built, beside reading it now."""
UNKNOWN = "每低5个百分点扣3.25分"
FILE = "workbook_templates/roles/ecommerce-operations.toml"


def rows() -> Iterator[Row]:
    for sentence in (STEPS, BANDS, TWO):
        yield alone(f"a new sentence: {sentence}", lambda sentence=sentence: parse.__wrapped__(sentence, "次"))
    score = "udfs.kpi.KPI_SCORE(0.12, 0.2, {!r}, '%')".format
    known, unknown = (("import udfs.kpi", score(sentence)) for sentence in (STEPS, UNKNOWN))
    yield ratio("the first score, by a sentence of a shipped role, beside one that has to be read",
                *fresh(known, unknown), KNOWN)  # fmt: skip
    before, shipped = "import xlkpi.catalogue.catalogue", "xlkpi.catalogue.catalogue.Catalogue.shipped().{}".format
    read = f"import pathlib, xlkpi.catalogue.role_file as r; r.read_versions(pathlib.Path({FILE!r}))"
    nothing_known = f"{before}, xlkpi.rules.prepared; xlkpi.rules.prepared.known().clear()"
    role, roles, from_file = fresh(
        (before, shipped("role('ecommerce-operations')")), (before, shipped("roles()")), (nothing_known, read)
    )
    yield ratio("the first role, beside reading its file and its sentences", role, from_file, KNOWN)
    yield ratio("all shipped roles, beside reading the file of one and its sentences", roles, from_file)
    commands, on_top, office = fresh(
        ("", "import xlkpi.cli"), ("import xlwings", "import udfs.kpi"), ("", "import xlwings")
    )
    yield ratio("the command line, all that `xlkpi --help` waits for, beside `import xlwings`", commands, office)
    yield ratio("`import udfs.kpi` on top of xlwings, beside `import xlwings`", on_top, office, 1.0)
