"""What the columns of a table are: drafted from its headers, kept in a workbook that people correct."""
