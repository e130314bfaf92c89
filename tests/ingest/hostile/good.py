"""Small whole files of every format, and the makers of packages that the hostile ones are made with."""

import io
import zipfile
from email.message import EmailMessage

from tests.ingest.hostile.good_paper import pdf, png

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


PACKAGE = "http://schemas.openxmlformats.org/package/2006"


OFD = "http://www.ofdspec.org/2016"


LINES = (
    "云岭市冷库值班办法",
    "第一条 为了让夜班的人遇事不慌，各冷库照这份办法排班。",
    "第二条 库门内侧装应急开关，警铃三秒内响起。",
    "第三条 本办法自2025年3月1日起施行。",
)


TEXT = "\n".join(LINES) + "\n"


PLAN = (
    "# 云岭市冷库漏氨应急预案\n1 总则\n1.1 目的\n快。\n4.3.1 一级响应\n（1）启动条件：漏氨十公斤。\n"
    "（2）响应措施：转移人员。\n5 职责\n（1）应急局：牵头。\n"
)


STANDARD = (
    "# XF 99999—2020 冷库灯具要求\n4 灯具\n4.1 一般要求\n4.1.1 灯应每月试一次。\n注：不少于2.5 小时。\n"
    "4.1.2 坏灯应换。\n表 1 灯数\n场地：小；灯：2\n附录 A 式样\n"
)


FAQ = "# 冷库问答\n问：多久查一次？\n答：每周一次。\n问：门坏了怎么办？\n答：先停用，再报修。\n"


DECISION = (
    "# 关于修改《云岭市冷库值班办法》的决定\n一、将第二条修改为：\n“第二条 装两个开关。”\n二、删去第三条。\n"
)


NOTICE = "# 关于开展冷库检查的通知\n云安办〔2025〕7号\n一、总体要求\n（一）每月查两次。\n附件1 清单\n云岭市安委会办公室\n2025年5月6日\n"


def pack(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*targets: tuple[str, str], more: str = "") -> str:
    """Return a part of relations r1, r2 … from (kind, target)."""
    items = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}{more}</Relationships>'


def types() -> str:
    return f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def wml(root: str, inner: str) -> str:
    return f'<w:{root} xmlns:w="{W}" xmlns:r="{OFFICE}">{inner}</w:{root}>'


def docx(body: str = "", parts: dict[str, str | bytes] | None = None, document: str = "") -> bytes:
    """Return a Word file; `parts` by the kind of relation that leads to them."""
    more = parts or {}
    body = body or "".join(map(p, LINES))
    return pack(
        {
            "[Content_Types].xml": types(),
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/document.xml": document or wml("document", f"<w:body>{body}</w:body>"),
            "word/_rels/document.xml.rels": relations(*((kind, f"{kind}.xml") for kind in more)),
            **{f"word/{kind}.xml": content for kind, content in more.items()},
        }
    )


def rich_docx() -> bytes:
    """Return a Word file with styles, numbers, a merged table, notes and a piece of HTML."""
    table = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" + p("电话") + "</w:tc></w:tr>"
        "<w:tr><w:tc>" + p("值班室") + "</w:tc><w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>" + p("12350")
        + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    styles = wml(
        "styles",
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/><w:basedOn w:val="b"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b" w:default="1"><w:name w:val="Normal"/></w:style>',
    )
    numbering = wml(
        "numbering",
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    note = '<w:p><w:r><w:t>见注</w:t><w:footnoteReference w:id="1"/></w:r></w:p><w:altChunk r:id="r4"/>'
    body = (
        p(LINES[0], '<w:pStyle w:val="a"/>')
        + "".join(p(line[4:], number) for line in LINES[1:])
        + table
        + note
    )
    return docx(
        body,
        {
            "styles": styles,
            "numbering": numbering,
            "footnotes": wml("footnotes", f'<w:footnote w:id="1">{p("这是注。")}</w:footnote>'),
            "aFChunk": "<html><body><p>夹在里面的一段话。</p></body></html>",
        },
    )


def xlsx(
    rows: str = "", parts: dict[str, str | bytes] | None = None, after: str = "", sheet: str = ""
) -> bytes:
    """Return a workbook of one sheet."""
    rows = rows or (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c><c r="B1" t="s"><v>0</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>东湖公园</t></is></c><c r="B2" s="1"><v>45000.5</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>西山学校</t></is></c><c r="B3"><f>1+1</f><v>2</v></c></row>'
    )
    return pack(
        {
            "[Content_Types].xml": types(),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="场所" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "strings.xml"),
                ("styles", "styles.xml"),
            ),
            "xl/worksheets/sheet1.xml": sheet
            or f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>',
            "xl/strings.xml": f'<sst xmlns="{MAIN}"><si><t>日期</t></si></sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
            "</cellXfs></styleSheet>",
            **(parts or {}),
        }
    )


def ofd_text(text: str, y: float = 30, more: str = "") -> str:
    return (
        f'<ofd:TextObject ID="9" Boundary="20 {y} 170 6" Font="3" Size="5" {more}>'
        f'<ofd:TextCode X="0" Y="5" DeltaX="g {len(text)} 5">{text}</ofd:TextCode></ofd:TextObject>'
    )


def ofd_page(inner: str) -> str:
    return f'<ofd:Page xmlns:ofd="{OFD}"><ofd:Content><ofd:Layer ID="1">{inner}</ofd:Layer></ofd:Content></ofd:Page>'


def ofd_root(place: str = "D/Document.xml", more: str = "") -> str:
    return (
        f'<ofd:OFD xmlns:ofd="{OFD}" Version="1.0"><ofd:DocBody><ofd:DocInfo>{more}</ofd:DocInfo>'
        f"<ofd:DocRoot>{place}</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )


def ofd_document(*places: str) -> str:
    pages = "".join(f'<ofd:Page ID="{n}" BaseLoc="{place}"/>' for n, place in enumerate(places))
    return f'<ofd:Document xmlns:ofd="{OFD}"><ofd:CommonData/><ofd:Pages>{pages}</ofd:Pages></ofd:Document>'


def ofd(parts: dict[str, str | bytes] | None = None) -> bytes:
    """Return an OFD file of one page; `parts` stand in place of its own."""
    content = "".join(ofd_text(line, 30 + 10 * n) for n, line in enumerate(LINES))
    return pack(
        {
            "OFD.xml": ofd_root(),
            "D/Document.xml": ofd_document("P/Content.xml"),
            "D/P/Content.xml": ofd_page(content),
            **(parts or {}),
        }
    )


def mail(subject: str = "关于冷库值班的通知", page: str = "") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "某人 <a@b.cn>"
    message["Date"] = "Mon, 3 Mar 2025 09:00:00 +0800"
    message.set_content("一、值班\n每天两人值班，巡查两次。\n二、报告\n险情半小时内报告。\n")
    if page:
        message.add_alternative(page, subtype="html")
    return message


def eml() -> bytes:
    message = mail(page="<p>一、值班</p><p>每天两人值班。</p>")
    message.add_attachment(TEXT.encode(), maintype="text", subtype="plain", filename="值班办法.txt")
    return message.as_bytes()


HTML = (
    "<html><head><meta charset=utf-8><title>关于冷库值班的通知</title><style>.x{display:none}</style></head><body>"
    "<div class=nav><a href=/>首页</a></div><div class=TRS_Editor><h1>关于冷库值班的通知</h1>"
    "<p>各有关单位：</p><p>入冬以来冷库用电增多，现把值班的要求通知如下，请照着排班。</p>"
    "<table><tr><th colspan=2>单位</th><th>电话</th></tr><tr><td>甲</td><td rowspan=2>乙</td><td>12350</td></tr></table>"
    "<p class=x>看不见</p><ol start=3><li>每天两人值班。</ol></div><div class=footer>版权所有</div></body></html>"
).encode()


def mht() -> bytes:
    return (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"; type=\"text/html\"\r\n\r\n--b\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + HTML
        + b"\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--b--\r\n"
    )  # fmt: skip


CSV = '名称,区县,电话\n"东湖,公园",城关区,12350\n西山学校,河口区,12345\n人民广场,城关区,12123\n'.encode()


def archive() -> bytes:
    return pack({"办法.txt": TEXT, "甲/通知.md": NOTICE, "表.csv": CSV})


RTF = b"{\\rtf1\\ansi\\ansicpg936 {\\fonttbl{\\f0 SimSun;}}\\f0 Cold store duty rules.\\par Two people keep watch.\\par}"


def seeds() -> dict[str, list[bytes]]:
    """Return whole files by suffix, for mutation."""
    return {
        ".md": [text.encode() for text in (TEXT, PLAN, STANDARD, FAQ, DECISION, NOTICE)],
        ".txt": [TEXT.encode("gb18030"), NOTICE.encode("utf-16")],
        ".docx": [docx(), rich_docx()],
        ".xlsx": [xlsx(after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')],
        ".ofd": [ofd()],
        ".pdf": [pdf()],
        ".html": [HTML],
        ".mht": [mht()],
        ".eml": [eml()],
        ".csv": [CSV],
        ".zip": [archive()],
        ".png": [png()],
    }
