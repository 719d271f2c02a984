"""From the rows of a table to one number for each cell of a form: whose it is, for which days, their sum or mean."""
