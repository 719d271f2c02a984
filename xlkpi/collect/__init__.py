"""Collects a quarter's returned workbooks: ranking, board of what came in, summary workbook, history, trend workbook.

Doors: `collection.collect` (received files → one result), `workbook.build` (the summary workbook), `history.write` and
`history.load` (Parquet files), `trend.build` (the trend workbook). May use intake, writer and the rooms below them.
"""
