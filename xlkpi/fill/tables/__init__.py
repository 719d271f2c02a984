"""Reads tables of other programs (CSV, workbooks, Parquet, databases): rows of cells, numbers, days and months."""
