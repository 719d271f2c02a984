"""What follows from the scores of a quarter: calibrated grades, coefficients, the table for payroll, the year.

Doors: `calibration`, `coefficients`, `payroll`, `year`. May use everything below its floor, also `collect`.
"""
