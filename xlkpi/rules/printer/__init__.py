"""Rule → sentence, in three languages: `phrase.phrase`."""
