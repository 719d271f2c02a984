"""Rule + numbers → score, deduction, receipt: in Python, in NumPy, as a built-in formula."""
