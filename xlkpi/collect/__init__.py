"""Many returned workbooks → ranking, board, history, summary workbook."""
