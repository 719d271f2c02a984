"""Reading sentences, and the time to load the functions, roles and command line."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row, alone, fresh
from benchmarks.scoring import BANDS, STEPS, TWO
from xlkpi.rules.parser.parse import parse

TITLE = "Reading a sentence, and loading"


def rows() -> Iterator[Row]:
    for sentence in (STEPS, BANDS, TWO):
        yield alone(f"a new sentence: {sentence}", lambda sentence=sentence: parse.__wrapped__(sentence, "次"))
    first = f"udfs.kpi.KPI_SCORE(0.12, 0.2, {STEPS!r})"
    yield fresh("the first sentence, lexicon and all", "import udfs.kpi", first)
    role = "xlkpi.catalogue.catalogue.Catalogue.shipped().role('ecommerce-operations')"
    yield fresh("the rules of a role, the first that are read", "import xlkpi.catalogue.catalogue", role)
    yield fresh("the command line, all that `xlkpi --help` waits for", "", "import xlkpi.cli")
    yield fresh("`import udfs.kpi` on top of xlwings", "import xlwings", "import udfs.kpi", goal=0.1)
