"""Word packages written part by part, for what no library writes."""

import base64
import io
import quopri
import zipfile

import docx as python_docx

from ingest.formats.word import docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_SPACES = (
    f'xmlns:r="{RELATIONS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def p(text: str = "", properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, num: int = 1, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def level(number: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return part("numbering", f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}')


def styles(*elements: str) -> str:
    return part("styles", "".join(elements))


def style(name: str, inner: str = "", *, based_on: str = "", identity: str = "") -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identity or name}"><w:name w:val="{name}"/>{based}{inner}'
        "</w:style>"
    )


def part(root: str, inner: str) -> str:
    return f'<w:{root} xmlns:w="{W}" {_SPACES}>{inner}</w:{root}>'


def relations(targets: dict[str, tuple[str, str]], more: str = "", base: str = RELATIONS) -> str:
    """Relations by id: (kind, target)."""
    items = "".join(
        f'<Relationship Id="{name}" Type="{base}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{items}{more}</Relationships>"
    )


def pack(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(body: str, **parts: str | bytes) -> bytes:
    """A Word file: body, and parts by the kind of relation that leads to them (styles, numbering, aFChunk ...)."""
    targets = {f"r{kind}": (kind, f"{kind}.xml") for kind in parts}
    return pack(
        {
            "_rels/.rels": relations({"r1": ("officeDocument", "word/document.xml")}),
            "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
            "word/_rels/document.xml.rels": relations(targets),
            **{f"word/{kind}.xml": content for kind, content in parts.items()},
        }
    )


def chunk(content: bytes | str, before: str = "", after: str = "") -> bytes:
    return word(f'{before}<w:altChunk r:id="raFChunk"/>{after}', aFChunk=content)


PAGE = "<html><head><title>x</title><style>p{}</style></head><body><h1>仓库管理规定</h1><p>第一条 库内不得吸烟。</p></body></html>"


def lines(data: bytes) -> list[str]:
    return docx.read(data, "样本.docx").text.splitlines()


def saved(document: "python_docx.document.Document") -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(page: bytes, encoding: str, charset: str) -> bytes:
    body = quopri.encodestring(page) if encoding == "quoted-printable" else base64.encodebytes(page)
    head = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b1"\n\n--b1\n'
        f'Content-Type: text/html; charset="{charset}"\nContent-Transfer-Encoding: {encoding}\n\n'
    )
    return head.encode() + body + b"\n--b1\nContent-Type: image/png\n\nxx\n--b1--\n"
