"""The grammars as lark's parsers.

lark joins the patterns of all terminals that may come next into one, for each of some 80 states of the parser, and
compiling each takes 10 ms: a form's first sentences waited 200 ms for that. Here the patterns stay one by one; they are
compiled once for all states, and tried in the same order. What is read is the same: of alternatives the first counts.
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from lark import Lark, lexer

from xlkpi.rules import english as english_text
from xlkpi.rules.text import RESERVED


@cache
def grammar(english: bool) -> Lark:
    """The grammar, built at the first parse; the words of the language end a name."""
    name, reserved = ("en.lark", english_text.RESERVED) if english else ("zh.lark", RESERVED)
    text = files("xlkpi.rules").joinpath(name).read_text("utf-8").replace("(?!RESERVED)", f"(?!{reserved})")
    lexers = {"ContextualLexer": _ContextualLexer}
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True, _plugins=lexers)


class _Scanner(lexer.Scanner):
    def _build_mres(self, terminals: Any, max_size: int) -> Any:
        return super()._build_mres(terminals, 1)


class _BasicLexer(lexer.BasicLexer):
    @cached_property
    def scanner(self) -> _Scanner:
        terminals, self.callback = lexer._create_unless(self.terminals, self.g_regex_flags, self.re, self.use_bytes)
        return _Scanner(terminals, self.g_regex_flags, self.re, self.use_bytes)


class _ContextualLexer(lexer.ContextualLexer):
    BasicLexer = _BasicLexer
