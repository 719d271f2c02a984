"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage).

A command's module imports at its top what its arguments need, which is little, and in the command what does its work:
so all commands are known at once, to `--help` too, and each waits for its own libraries only. This is the one room
whose `__init__` imports anything: `xlkpi.cli:main` is the entry point, and commands are added by being imported.
"""

from xlkpi.cli import addin
from xlkpi.cli.app import main
from xlkpi.cli.forms import demo, new, recalc, refresh, roster, score
from xlkpi.cli.quarter import check, collect, guide, next, trend
from xlkpi.cli.rules import explain, lint, roles

__all__ = [
    "addin", "check", "collect", "demo", "explain", "guide", "lint", "main", "new", "next", "recalc", "refresh",
    "roles", "roster", "score", "trend",
]  # fmt: skip
