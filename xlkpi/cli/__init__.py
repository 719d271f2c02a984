"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage).

A command's module imports at its top what its arguments need, which is little, and in the command what does its work:
so all commands are known at once, to `--help` too, and each waits for its own libraries only.
"""

from xlkpi.cli import addin, check, collect, forms, guide, next, roster, rules
from xlkpi.cli.app import main

__all__ = ["addin", "check", "collect", "forms", "guide", "main", "next", "roster", "rules"]
