"""Request workbooks: one for each data owner, with the numbers that the forms want from there."""
