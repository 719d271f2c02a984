"""Commands about what follows from the scores: calibrated grades, the table for payroll, the year."""
