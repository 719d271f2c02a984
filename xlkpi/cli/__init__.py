"""The command line: a command reads its arguments, calls other rooms, prints, and exits (0, 1 problems, 2 misuse).

Door: `main`, the entry point. May use every room but udfs. A command's module imports at its top only what its
arguments need, and inside the command what does the work: so `--help` is quick, and a command waits for its own
libraries only. This is the one room whose `__init__` imports anything: importing a module adds its commands to `main`.
"""

from xlkpi.cli import addin
from xlkpi.cli.app import main
from xlkpi.cli.company import adopt, init, roles
from xlkpi.cli.forms import demo, new, recalc, refresh, renew, roster, score
from xlkpi.cli.numbers import fill, request
from xlkpi.cli.people import agree, appeal, finalise, raters
from xlkpi.cli.quarter import check, collect, guide, next, send, trend
from xlkpi.cli.results import calibrate, payroll, year
from xlkpi.cli.rules import explain, lint

__all__ = [
    "addin", "adopt", "agree", "appeal", "calibrate", "check", "collect", "demo", "explain", "fill", "finalise",
    "guide", "init", "lint", "main", "new", "next", "payroll", "raters", "recalc", "refresh", "renew", "request",
    "roles", "roster", "score", "send", "trend", "year",
]  # fmt: skip
