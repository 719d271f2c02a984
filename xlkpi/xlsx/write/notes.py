"""Cell notes (address → text) in a workbook that is put together: the comments part, and the drawing of it."""

from __future__ import annotations

from collections.abc import Mapping

from xlkpi.writer.blocks.canvas import NOTE_WIDTH, note_height
from xlkpi.xlsx.archive import MAIN
from xlkpi.xlsx.cells import coordinates
from xlkpi.xlsx.write.template import escaped

_AUTHOR = "xlkpi"
_IDS = 1024  # of shapes, for every sheet


def comments(notes: Mapping[str, str]) -> str:
    """The comments part."""
    told = "".join(
        f'<comment ref="{address}" authorId="0" shapeId="0"><text><t xml:space="preserve">{escaped(text)}</t>'
        "</text></comment>"
        for address, text in notes.items()
    )
    authors = f"<authors><author>{_AUTHOR}</author></authors>"
    return f'<comments xmlns="{MAIN}">{authors}<commentList>{told}</commentList></comments>'


def drawing(notes: Mapping[str, str], sheet: int) -> str:
    """The drawing of a sheet's notes; `sheet` is its number in the workbook, from 1."""
    shapes = (_shape(number, sheet, address, text) for number, (address, text) in enumerate(notes.items(), start=1))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{sheet}"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{''.join(shapes)}</xml>"
    )


def _shape(number: int, sheet: int, address: str, text: str) -> str:
    row, column = coordinates(address)
    place = f"position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:{NOTE_WIDTH}px;height:{note_height(text)}px"
    return (
        f'<v:shape id="_x0000_s{_IDS * sheet + number}" type="#_x0000_t202" '
        f'style="{place};z-index:{number};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )
