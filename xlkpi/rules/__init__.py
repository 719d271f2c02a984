"""The language of scoring rules: sentence ⇄ rule.

Doors: `parser.parse.parse` (sentence → `rule.Rule`), `printer.phrase.phrase` (rule → sentence). The words and patterns
that can be said are data in `lexicon`; what only the whole sentence settles is in `resolver`. What a rule comes to, as
a score or as a built-in formula, is in the room `scoring`.
"""
