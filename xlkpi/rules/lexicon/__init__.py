"""The language itself as data, a file per language, and its first three stages: characters → words → clauses."""
