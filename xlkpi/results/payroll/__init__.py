"""The table for payroll, with the columns that the company names."""
