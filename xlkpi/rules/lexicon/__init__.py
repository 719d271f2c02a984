"""The language itself as data, a file per language, and its first three stages: characters → words → clauses.

`zh.toml` and `en.toml` have the words by kind (每低 is `every low`), macros, and for each meaning the patterns over
kinds that say it. To teach the language another way of saying something, add a word or a pattern there; a new meaning
also needs a function in `parser.meanings`. Traditional Chinese is read as simplified.
"""
