"""Workbooks written by hand, part by part, as no library writes them."""

import io
import posixpath
import zipfile
from collections.abc import Sequence

ROW = '<row r="1"><c><v>5</v></c></row>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_USUAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_USUAL_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def odd_book(
    sheets: Sequence[str],
    *,
    strings: str = "",
    properties: str = "",
    place: str = "worksheets/sheet%d.xml",
    has_styles: bool = True,
    is_strict: bool = False,
) -> bytes:
    """``sheets``: the rows of each; ``place``: where the workbook says that the part of a sheet is."""
    space, links = (_STRICT, _STRICT_LINKS) if is_strict else (_USUAL, _USUAL_LINKS)
    at = range(1, len(sheets) + 1)
    parts = {"[Content_Types].xml": _types(bool(strings))}
    named = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in at)
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{space}" xmlns:r="{links}">{properties}<sheets>{named}</sheets></workbook>'
    )
    linked = "".join(f'<Relationship Id="r{n}" Type="{links}/worksheet" Target="{place % n}"/>' for n in at)
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{_PACKAGE}/relationships">{linked}</Relationships>'
    if has_styles:
        formats = "".join(f'<xf numFmtId="{code}"/>' for code in (0, 14, 46))
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{space}"><cellXfs count="3">{formats}</cellXfs></styleSheet>'
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{space}">{strings}</sst>'
    for n, rows in zip(at, sheets, strict=True):
        name = posixpath.normpath(posixpath.join("/xl", place % n))[1:]
        parts[name] = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return out.getvalue()


def _types(has_strings: bool) -> str:
    kinds = {"workbook": "sheet.main", "styles": "styles"} | ({"sharedStrings": "sharedStrings"} if has_strings else {})
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{part}.xml" ContentType="{_OFFICE}.{kind}+xml"/>' for part, kind in kinds.items()
        )
        + "</Types>"
    )
