"""From the rows of a table to one number for each cell of a form: whose it is, when, and their sum or mean."""
