"""Who rates whom (评价人.xlsx): drafted from the roster, written, and read back with its faults."""
