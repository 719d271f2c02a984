"""When two formulas are the same: read as trees, with the ids of rows and columns in place of addresses."""
