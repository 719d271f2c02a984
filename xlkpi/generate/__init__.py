"""Writing workbooks: `write_workbook` is the way in."""

from xlkpi.generate.book import Sheet, sheets_of, sheets_of_posts, write_workbook

__all__ = ["Sheet", "sheets_of", "sheets_of_posts", "write_workbook"]
