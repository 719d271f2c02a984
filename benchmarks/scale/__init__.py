"""`make scale`: a quarter of a large company, really run with the commands, and a long history; it writes SCALE.md."""
