"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage)."""

from xlkpi.cli import addin, check, collect, forms, guide, next, roster, rules
from xlkpi.cli.common import main

__all__ = ["addin", "check", "collect", "forms", "guide", "main", "next", "roster", "rules"]
