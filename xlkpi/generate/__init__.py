"""Writing workbooks: `write_workbook` is the way in."""

from xlkpi.generate.book import Sheet, write_workbook

__all__ = ["Sheet", "write_workbook"]
