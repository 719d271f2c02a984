"""`make fuzz`: properties with XLKPI_FUZZ examples each, in place of the few of every run; a watch on the time.

Other examples in every run; what fails is printed with what it takes to see it again.
"""

from __future__ import annotations

import os
import random
import tomllib
from contextlib import suppress
from functools import cache
from time import thread_time
from typing import Any

from tests.support.paths import CORPUS
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.rule import Rule

EXAMPLES = int(os.environ.get("XLKPI_FUZZ", "0"))
"""So many for each property; 0 where nobody fuzzes, and nothing is timed."""
LIMIT = 0.050
"""Seconds of one core that a text may take."""

_slowest = (0.0, "")
_texts = 0


def examples(usual: int) -> int:
    return EXAMPLES or usual


def seed(usual: int) -> int:
    """Where random inputs begin: the same ones in every run, others when fuzzing. A test that fails shows it."""
    chosen = random.randrange(10**9) if EXAMPLES else usual
    print(f"seed {chosen}")
    return chosen


@cache
def corpus(kind: str) -> tuple[Any, ...]:
    """The entries of a file of `tests/corpus/`: what once failed, or well might. Workbooks are kept as recipes."""
    path = CORPUS / f"{kind}.toml"
    return tuple(tomllib.loads(path.read_text("utf-8"))["entries"])


def timed_parse(text: str, unit: str | None) -> Rule:
    """As `parse`; when fuzzing, every text is read anew and has to be done in time."""
    global _slowest, _texts
    if not EXAMPLES:
        return parse(text, unit)
    if not _texts:
        parse("每次扣1分")  # builds the grammar
    _texts += 1
    seconds = _seconds(text, unit)
    if seconds > LIMIT:  # perhaps only the garbage collector came along
        seconds = min(seconds, _seconds(text, unit), _seconds(text, unit))
    _slowest = max(_slowest, (seconds, text))
    assert seconds <= LIMIT, f"{seconds * 1000:.0f} ms"
    return parse(text, unit)


def _seconds(text: str, unit: str | None) -> float:
    started = thread_time()
    with suppress(RuleError):
        parse.__wrapped__(text, unit)
    return thread_time() - started


def summary() -> str:
    seconds, text = _slowest
    return f"{_texts:,} texts read; the slowest took {seconds * 1000:.1f} ms: {text!r}"
