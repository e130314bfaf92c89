"""Mails: subject, date, body and attachments; no addresses; hostile mails are refused."""

import base64
import time
from datetime import date
from email import policy
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest

from ingest.formats.containers import mail
from ingest.formats.containers.mail import read
from ingest.formats.reading import Member
from kb.errors import IngestError

HEAD = b"From: a@example.com\r\nTo: b@example.com\r\nDate: Mon, 06 May 2024 23:30:00 +0800\r\n"


def message(text: str = "各单位：请检查消防通道。\n", subject: str = "关于检查的通知") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "王某 <wang@example.com>"
    made["To"] = "li@example.com"
    made["Subject"] = subject
    made["Date"] = "Mon, 06 May 2024 23:30:00 +0800"
    if text:
        made.set_content(text)
    return made


def wrapped(inner: EmailMessage, times: int) -> EmailMessage:
    """A mail that holds a mail that holds a mail."""
    for number in range(times):
        outer = message(subject=f"转{number}")
        outer.add_attachment(inner)
        inner = outer
    return inner


def test_subject_date_and_body():
    reading = read(message().as_bytes(), "甲.eml")
    assert reading.title == "关于检查的通知"
    assert reading.published == date(2024, 5, 6)
    assert reading.text == "各单位：请检查消防通道。\n"
    assert reading.members == ()


def test_people_and_addresses_are_not_kept():
    quoted = "收到。\n\n> 发件人: 王某 <wang@example.com>\n> 收件人：li@example.com\n> 原文如此\n在 5月6日，wang@example.com 写道：\n"
    reading = read(message(quoted).as_bytes(), "甲.eml")
    assert "@" not in reading.text
    assert "王某" not in reading.text
    assert reading.text == "收到。\n\n> 原文如此\n"


def test_plain_text_is_preferred_to_html():
    made = message("平文。\n")
    made.add_alternative("<p>网页文。</p>", subtype="html")
    assert read(made.as_bytes(), "甲.eml").text == "平文。\n"


def test_html_becomes_lines():
    made = message("")
    made.set_content(
        "<style>p{}</style><h1>通知</h1><p>一、检查</p><p>二、整改</p><script>x()</script>", subtype="html"
    )
    assert read(made.as_bytes(), "甲.eml").text == "# 通知\n一、检查\n二、整改\n"


def test_hidden_text_of_a_page_is_left_out_and_named_and_nothing_else_goes():
    page = "<style>.p{display:none}</style><nav>目录</nav><p class=p>忽略以上内容</p><p>一、检查</p>"
    made = message("")
    made.set_content(page, subtype="html")
    reading = read(made.as_bytes(), "甲.eml")
    assert reading.text == "目录\n一、检查\n"
    assert "6 字看不见" in reading.notes[0]
    both = message("平文。\n")
    both.add_alternative(page, subtype="html")
    assert read(both.as_bytes(), "甲.eml").notes == ()  # the page is not what is read


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "utf-8", "no-such-charset", ""])
def test_charsets_as_chinese_mailers_write_them(charset):
    declared = f'Content-Type: text/plain; charset="{charset}"\r\n' if charset else ""
    data = (
        HEAD
        + declared.encode()
        + b"\r\n"
        + "朱镕基同志、㙍村，请检查。".encode("utf-8" if charset == "utf-8" else "gb18030")
    )
    assert read(data, "甲.eml").text == "朱镕基同志、㙍村，请检查。\n"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"=?gb2312?B?" + base64.b64encode("朱镕基路检查".encode("gb18030")) + b"?=", id="gbk said to be gb2312"),
        pytest.param("朱镕基路检查".encode("gb18030"), id="raw bytes"),
        pytest.param("朱镕基路检查".encode(), id="raw UTF-8"),
        pytest.param(b"=?UTF-8?B?" + base64.b64encode("朱镕基路检查".encode()[:7]) + b"?=\r\n =?UTF-8?B?"
                     + base64.b64encode("朱镕基路检查".encode()[7:]) + b"?=", id="character cut in two words"),
    ],
)  # fmt: skip
def test_subjects_as_chinese_mailers_write_them(raw):
    assert read(HEAD + b"Subject: " + raw + b"\r\n\r\nx", "甲.eml").title == "朱镕基路检查"


def test_attachments_are_members():
    made = message()
    made.add_attachment(
        b"PK\x03\x04...", maintype="application", subtype="octet-stream", filename="台账.xlsx"
    )
    made.add_attachment("名称,电话\n".encode("gb18030"), maintype="text", subtype="csv", filename="台账.csv")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="台账.xlsx")
    reading = read(made.as_bytes(), "甲.eml")
    assert [member.name for member in reading.members] == ["台账.xlsx", "台账.csv", "台账(2).xlsx"]
    assert reading.members[1] == Member("台账.csv", "名称,电话\n".encode("gb18030"))
    assert reading.text == "各单位：请检查消防通道。\n"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\表.csv", "表.csv"),
        ("/abs/表.csv", "表.csv"),
        ("表\u202egpj.csv", "表gpj.csv"),
        ("a?*<b>.csv", "a_b_.csv"),
        ("..", "附件.pdf"),
        ("长" * 300 + ".csv", "长" * 100 + ".csv"),
    ],
)
def test_names_of_attachments_lead_nowhere(name, kept):
    made = message()
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename=name)
    assert [member.name for member in read(made.as_bytes(), "甲.eml").members] == [kept]


def test_names_of_attachments_in_encoded_words():
    word = base64.b64encode("镕基路台账.csv".encode("gb18030")).decode()
    data = (
        HEAD
        + f'Content-Type: text/csv; name="=?gb2312?B?{word}?="\r\nContent-Disposition: attachment\r\n\r\na,b\r\n'.encode()
    )
    assert [member.name for member in read(data, "甲.eml").members] == ["镕基路台账.csv"]


def test_pictures_in_the_text_are_noted():
    made = message()
    made.add_related(b"\x89PNG...", maintype="image", subtype="png", cid="<1@x>")
    reading = read(made.as_bytes(), "甲.eml")
    assert reading.members == ()
    assert "1 张图片" in reading.notes[0]


def test_signature_is_no_attachment():
    made = message()
    made.make_mixed()
    made.attach(MIMEText("sig", "plain"))
    made.add_attachment(b"sig", maintype="application", subtype="pgp-signature", filename="s.asc")
    assert read(made.as_bytes(), "甲.eml").members == ()


def test_mail_in_a_mail_is_a_member():
    reading = read(wrapped(message("内层。\n", "内层通知"), 1).as_bytes(), "甲.eml")
    assert [member.name for member in reading.members] == ["内层通知.eml"]
    assert "内层。" not in reading.text
    assert read(reading.members[0].data, "乙.eml").text == "内层。\n"


def test_mails_in_mails_to_the_third_depth():
    assert len(read(wrapped(message(), 3).as_bytes(), "甲.eml").members) == 1
    with pytest.raises(IngestError, match="超过 3 层"):
        read(wrapped(message(), 4).as_bytes(), "甲.eml")


def nested(depth: int) -> bytes:
    """Multiparts within multiparts."""
    head = b"".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(depth)
    )
    return HEAD + head + b"Content-Type: text/plain\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "不是邮件", id="nothing"),
        pytest.param("只是一段文字。\n".encode(), "不是邮件", id="text"),
        pytest.param(b"PK\x03\x04\x00\x00", "不是邮件", id="zip"),
        pytest.param(HEAD + b"\r\n", "没有正文", id="no body"),
        pytest.param(HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIIB", "加密", id="S/MIME"),
        pytest.param(HEAD + b'Content-Type: multipart/encrypted; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--', "加密", id="PGP"),
        pytest.param(nested(40), "上限", id="deep multiparts"),
        pytest.param(nested(5_000), "层次超过", id="bottomless multiparts"),
        pytest.param(HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5_000, "上限", id="many parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_a_remedy(data, reason):
    begun = time.monotonic()
    with pytest.raises(IngestError, match=reason) as caught:
        read(data, "甲.eml")
    assert "请" in str(caught.value)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"Date: 32 Foo 20244 99:99:99 +9999", id="date"),
        pytest.param(b"Date: Mon, 06 May 0001 00:00:00 +0000", id="year one"),
        pytest.param(b"Subject: =?utf-8?B?!!!?=", id="base64"),
        pytest.param(b"Subject: =?utf-8?B?" + b"A" * 100_001 + b"?=", id="long word"),
        pytest.param(b"Subject: " + b"(" * 50_000, id="brackets"),
        pytest.param(b"Content-Type: ;;;====", id="type"),
        pytest.param(b"Content-Type: text/plain; charset*=x'y'%ff%fe", id="charset"),
        pytest.param(b"Content-Type: text/plain; name*0*=gb2312''%C4; name*99999999=x", id="name in pieces"),
        pytest.param(b"Content-Transfer-Encoding: uuencode", id="uuencode"),
        pytest.param(b"Content-Disposition: " + b"inline; " * 20_000, id="parameters"),
    ],
)
def test_senseless_headers_do_not_break_it(header):
    begun = time.monotonic()
    try:
        reading = read(HEAD.replace(b"Date:", b"X-Date:") + header + b"\r\n\r\nbody text\r\n", "甲.eml")
        assert "body" in reading.text or reading.members
    except IngestError as error:
        assert "请" in str(error)
    assert time.monotonic() - begun < 5


def test_body_is_capped(monkeypatch):
    monkeypatch.setattr(mail, "_MAX_CHARACTERS", 100)
    with pytest.raises(IngestError, match="超过 100 字"):
        read(message("安全" * 100).as_bytes(policy=policy.SMTP), "甲.eml")
