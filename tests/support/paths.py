"""Where things of the repository lie, whichever folder a test is in."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
CORPUS = ROOT / "tests" / "corpus"
