"""One table of styles for a workbook whose sheets were written apart: collects their looks and numbers them."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from xlkpi.xlsx.markup import MAIN, xml

_OWN_FORMATS = 164  # numbers from there on are a workbook's own
_FIRST_FILLS = ("<fill><patternFill/></fill>", '<fill><patternFill patternType="gray125"/></fill>')
"""The first two fills of every workbook: spreadsheet programs assume these, whatever the file says."""


class Look(NamedTuple):
    """How a cell looks, as fragments of the styles part; `format` is a format code, or the number of a built-in one."""

    font: str
    fill: str
    border: str
    format: str | int
    applied: str
    """The other attributes of the cell's style."""
    rest: str
    """Alignment and protection."""


def fragment(element: etree._Element) -> str:
    """An element as text, for a part with the same default namespace."""
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text.replace(f' xmlns="{MAIN}"', "")


def attributes(element: etree._Element) -> dict[str, str]:
    """An element's attributes in their order."""
    return {str(key): str(value) for key, value in element.attrib.items()}


def looks_in(styles: bytes) -> tuple[tuple[Look, ...], tuple[str, ...]]:
    """The cell styles of a styles part, and its conditional styles; the index of each is its number."""
    root = xml(styles)

    def parts(name: str) -> list[etree._Element]:
        group = root.find(f"{{{MAIN}}}{name}")
        return [] if group is None else list(group)

    fonts, fills, borders = ([fragment(part) for part in parts(name)] for name in ("fonts", "fills", "borders"))
    # With the scheme, a Chinese Excel takes the theme's Chinese font; its wider digits make all columns wider.
    fonts = [font.replace('<scheme val="minor"/>', "") for font in fonts]
    formats = {int(part.get("numFmtId", "")): part.get("formatCode", "") for part in parts("numFmts")}

    def look(style: etree._Element) -> Look:
        others = attributes(style)
        font, fill, border, format = (int(others.pop(f"{key}Id")) for key in ("font", "fill", "border", "numFmt"))
        applied = "".join(f' {key}="{value}"' for key, value in others.items())
        rest = "".join(map(fragment, style))
        return Look(fonts[font], fills[fill], borders[border], formats.get(format, format), applied, rest)

    return tuple(map(look, parts("cellXfs"))), tuple(map(fragment, parts("dxfs")))


class StyleTable:
    """The styles of one workbook while its sheets are put together. default: the look of a cell without a style."""

    def __init__(self, default: Look) -> None:
        self._fonts: dict[str, int] = {}
        self._fills = {fill: number for number, fill in enumerate(_FIRST_FILLS)}
        self._borders: dict[str, int] = {}
        self._formats: dict[str, int] = {}
        self._cells: dict[str, int] = {}
        self._looks: dict[Look, int] = {}
        self._differences: dict[str, int] = {}
        self.cell(default)

    def cell(self, look: Look) -> int:
        """The number of a cell style; a new look gets the next one."""
        if (known := self._looks.get(look)) is not None:
            return known
        font, fill = _number(self._fonts, look.font), _number(self._fills, look.fill)
        border, format = _number(self._borders, look.border), look.format
        if isinstance(format, str):
            format = _OWN_FORMATS + _number(self._formats, format)
        ids = f'numFmtId="{format}" fontId="{font}" fillId="{fill}" borderId="{border}"'
        number = self._looks[look] = _number(self._cells, f"<xf {ids}{look.applied}>{look.rest}</xf>")
        return number

    def difference(self, style: str) -> int:
        """The number of a conditional style; a new one gets the next number."""
        return _number(self._differences, style)

    def part(self) -> str:
        """The styles part as XML."""
        formats = {
            f'<numFmt numFmtId="{_OWN_FORMATS + number}" formatCode="{_attribute(code)}"/>': number
            for code, number in self._formats.items()
        }
        normal = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        groups = (
            ("numFmts", formats), ("fonts", self._fonts), ("fills", self._fills), ("borders", self._borders),
            ("cellStyleXfs", {normal: 0}), ("cellXfs", self._cells),
            ("cellStyles", {'<cellStyle name="Normal" xfId="0" builtinId="0"/>': 0}), ("dxfs", self._differences),
        )  # fmt: skip
        body = "".join(f'<{name} count="{len(all)}">{"".join(all)}</{name}>' for name, all in groups if all)
        return f'<styleSheet xmlns="{MAIN}">{body}</styleSheet>'


def _number(table: dict[str, int], text: str) -> int:
    return table.setdefault(text, len(table))


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
