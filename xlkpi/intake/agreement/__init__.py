"""What was agreed at the start of a quarter: read from forms, and forms held against what was recorded of it."""
