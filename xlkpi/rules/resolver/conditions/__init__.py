"""The conditions of one measure: bands, lines, cliffs, vetoes, or the place where steps begin."""
