"""The figures that are shown in the meeting (概览): what they are, their sheet, and the page for the browser."""
