"""The look of the DOCX: pandoc's reference document with styles for a paper, made anew so that no binary is kept.

Pages and lines are numbered, as reviewers want them, and no row of a table is divided between pages.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ORDER = {  # of the properties, as the standard wants them (ECMA-376, CT_PPr and CT_RPr); what is not of it comes last
    "pPr": "pStyle,keepNext,keepLines,pageBreakBefore,framePr,widowControl,numPr,suppressLineNumbers,"
    "pBdr,shd,tabs,suppressAutoHyphens,kinsoku,wordWrap,overflowPunct,topLinePunct,autoSpaceDE,"
    "autoSpaceDN,bidi,adjustRightInd,snapToGrid,spacing,ind,contextualSpacing,mirrorIndents,"
    "suppressOverlap,jc,textDirection,textAlignment,textboxTightWrap,outlineLvl",
    "rPr": "rStyle,rFonts,b,bCs,i,iCs,caps,smallCaps,strike,dstrike,outline,shadow,emboss,imprint,"
    "noProof,snapToGrid,vanish,webHidden,color,spacing,w,kern,position,sz,szCs,highlight,u,"
    "effect,bdr,shd,fitText,vertAlign,rtl,cs,em,lang",
}
INK, GREY = "1A1A1A", "444444"


def _style(size: float, before: float = 0, after: float = 0, line: float = 1, color: str = INK, **more: str) -> dict:
    """Properties of a paragraph: sizes and distances in points."""
    spacing = {"before": 20 * before, "after": 20 * after, "line": 240 * line, "lineRule": "auto"}
    return {
        "pPr": {"spacing": spacing, "jc": {"val": more.get("align", "left")}},
        "rPr": {
            "b": {"val": more.get("bold", "0")}, "i": {"val": more.get("italic", "0")}, "color": {"val": color},
            "sz": {"val": 2 * size}, "szCs": {"val": 2 * size},
        },
    }  # fmt: skip


STYLES = {
    "Title": _style(20, after=4, bold="1"),
    "Subtitle": _style(13, after=10, color=GREY, italic="1"),
    "Author": _style(11, after=14, color=GREY),
    "Heading1": _style(14, 20, 6, bold="1"),
    "Heading2": _style(12, 14, 4, bold="1"),
    "Heading3": _style(11, 10, 3, italic="1"),
    "Normal": _style(10.5, 0, 3, 1.15),
    "BodyText": _style(10.5, 0, 7, 1.15),
    "BlockText": _style(10, 6, 6, 1.1),
    "Compact": _style(8, 1, 1),
    "Caption": _style(9, 10, 5),
    "Bibliography": _style(9.5, 0, 5, 1.05),
}
PAGE = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="11906" w:h="16838"/>'  # A4
    '<w:pgMar w:top="1361" w:right="1304" w:bottom="1361" w:left="1304" w:header="709" w:footer="709" w:gutter="0"/>'
    '<w:lnNumType w:countBy="1" w:restart="continuous"/></w:sectPr>'
)
FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{W}">'
    '<w:p><w:pPr><w:suppressLineNumbers/><w:jc w:val="center"/></w:pPr>'
    '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'
)
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"
DECLARED = {  # what a package says of its parts, at the end of these
    "[Content_Types].xml": f'<Override PartName="/word/footer1.xml" ContentType="{OFFICE}.footer+xml"/>',
    "word/_rels/document.xml.rels": f'<Relationship Id="rIdFooter" Type="{RELATION}" Target="footer1.xml"/>',
}
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can say: the same bytes on every day


def write_reference_docx(file: str | Path) -> None:
    """Write the document whose styles the DOCX takes over."""
    import pypandoc  # late: only the making of the paper needs it

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    parts = _read_zip(io.BytesIO(raw))
    parts["word/footer1.xml"] = FOOTER.encode("utf-8")
    for name, last in DECLARED.items():
        text = parts[name].decode("utf-8")
        end = text.rindex("</")
        parts[name] = (text[:end] + last + text[end:]).encode("utf-8")
    parts["word/styles.xml"] = _restyled(parts["word/styles.xml"])
    document = parts["word/document.xml"].decode("utf-8")
    start, end = document.rindex("<w:sectPr"), document.rindex("</w:body>")
    parts["word/document.xml"] = (document[:start] + PAGE + document[end:]).encode("utf-8")
    _write_zip(file, parts)


def finish_docx(file: str | Path) -> None:
    """Rewrite a rendered DOCX without the time of its making, and with rows that stay on one page."""
    parts = _read_zip(file)
    text = parts["word/document.xml"].decode("utf-8")
    text = re.sub(r"<w:tr>(?!<w:trPr>)", "<w:tr><w:trPr></w:trPr>", text).replace("<w:trPr>", "<w:trPr><w:cantSplit/>")
    parts["word/document.xml"] = text.encode("utf-8")
    _write_zip(file, parts)


def _read_zip(file: str | Path | io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write_zip(file: str | Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), parts[name], zipfile.ZIP_DEFLATED)


def _restyled(xml: bytes) -> bytes:
    for _, (prefix, uri) in ElementTree.iterparse(io.BytesIO(xml), events=["start-ns"]):
        ElementTree.register_namespace(prefix, uri)
    styles = ElementTree.fromstring(xml)
    for font in styles.findall(f"{{{W}}}docDefaults//{{{W}}}rFonts"):
        font.attrib.clear()
        font.attrib.update({f"{{{W}}}{script}": "Cambria" for script in ("ascii", "hAnsi", "eastAsia", "cs")})
    for side in ("left", "right"):
        for margin in styles.findall(f".//{{{W}}}tblCellMar/{{{W}}}{side}"):
            margin.set(f"{{{W}}}w", "60")  # twentieths of a point
    for style in styles.findall(f"{{{W}}}style"):
        name = style.get(f"{{{W}}}styleId", "")
        for group, properties in STYLES.get(name, {}).items():
            _set(style, group, properties)
    return ElementTree.tostring(styles, encoding="UTF-8", xml_declaration=True)


def _set(style: ElementTree.Element, group: str, properties: dict[str, dict]) -> None:
    parent = style.find(f"{{{W}}}{group}")
    if parent is None:
        parent = ElementTree.SubElement(style, f"{{{W}}}{group}")
    for name, attributes in properties.items():
        child = parent.find(f"{{{W}}}{name}")
        if child is not None:
            parent.remove(child)
        values = {key: value if isinstance(value, str) else f"{value:.0f}" for key, value in attributes.items()}
        ElementTree.SubElement(parent, f"{{{W}}}{name}", {f"{{{W}}}{key}": value for key, value in values.items()})
    for fonts in parent.findall(f"{{{W}}}rFonts"):
        parent.remove(fonts)  # the text's font for headings, too
    places = {name: place for place, name in enumerate(ORDER[group].split(","))}
    parent[:] = sorted(parent, key=lambda child: places.get(child.tag.partition("}")[2], len(places)))
