"""What follows from the scores of a quarter: calibrated grades, the table for payroll, the year.

Doors: `calibration`, `payroll`, `year`. May use everything below its floor, also `collect`.
"""
