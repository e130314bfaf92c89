"""现场检查 over HTTP: the sheets, the articles of a sheet, the record as Word, the worker."""

import io
import json
import re
from urllib.parse import quote, unquote

import pytest
from docx import Document
from PIL import Image

from tests.web.doors import GARDEN, Caller, broken
from tests.web.shelves import SHEET, shelved, site_of

TEXTS = f"/inspect/{SHEET}/texts"


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return shelved(tmp_path_factory.mktemp("inspect"))


@pytest.fixture(scope="module")
def call(services):
    return Caller(site_of(services))


def photo(size=(300, 200), kind="JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind)
    return out.getvalue()


def sent(findings: list, **more) -> dict:
    record = {
        "sheet": SHEET,
        "title": "x",
        "unit": "示例楼",
        "address": "北路8号",
        "inspector": "张三",
        "day": "2026-11-24",
    }
    return {"record": json.dumps(record | {"findings": findings} | more)}


def files(*photos: bytes) -> list:
    return [("photos", ("p.jpg", one, "image/jpeg")) for one in photos]


def text_of(reply) -> str:
    return "\n".join(p.text for p in Document(io.BytesIO(reply.content)).paragraphs)


def test_the_sheets_are_listed_and_sought(call):
    assert "屋顶花园检查表" in call("GET", "/inspect").text
    found = call("GET", "/inspect", params={"q": "屋顶 通用"}).text
    assert f'href="/inspect/{SHEET}"' in found and "大型活动" not in re.sub(r"placeholder=\S+", "", found)
    none = call("GET", "/inspect", params={"q": "<b>龙</b>"}).text
    assert 'id="none">没有找到' in none and "<b>龙" not in none


def test_a_sheet_has_every_item_its_links_and_answers_and_no_inline_code(call):
    page = call("GET", f"/inspect/{SHEET}").text
    assert page.count('class="check"') == 12 and page.count('value="bad"') == 12
    assert f'href="/lookup/{quote(GARDEN)}/{quote("第四条")}"' in page
    assert "<script>" not in page and " onclick" not in page
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["id"] == SHEET and len(data["items"]) == 12


def test_an_unknown_sheet_is_said_with_the_way_back(call):
    for path in ("/inspect/nope", "/inspect/nope/texts"):
        reply = call("GET", path)
        assert reply.status_code == 404 and "没有这张检查表" in reply.text


def test_the_articles_of_a_sheet_come_whole_and_what_is_not_here_is_empty(call):
    found = {(t["law"], t["article"]): t for t in call("GET", TEXTS).json()["texts"]}
    assert len(found) == 3
    assert "大风预警发布后" in found[GARDEN, "第三条"]["text"] and found[GARDEN, "第三条"]["status"] == "现行"
    assert found["没有收录的办法", "第一条"]["text"] == ""


def test_without_a_knowledge_base_the_sheet_works_and_the_articles_are_refused(services):
    ask = Caller(site_of(broken(services)))
    assert ask("GET", f"/inspect/{SHEET}").status_code == 200
    assert ask("GET", TEXTS).status_code == 503
    reply = ask("POST", "/inspect/export", data=sent([{"item": "护栏1", "result": "bad"}]))
    assert "没检查的罚二百元到一千元" in text_of(reply)


def test_the_word_record_takes_rule_duty_and_penalty_from_here_not_from_the_browser(call):
    findings = [
        {"item": "护栏1", "result": "bad", "note": "东侧松动", "photos": 2}, {"item": "护栏2", "result": "good"},
        {"item": "护栏3"}, {"item": "早先的项目", "result": "bad", "note": "旧表里的"},
    ]  # fmt: skip
    reply = call("POST", "/inspect/export", data=sent(findings), files=files(photo(), photo(kind="PNG")))
    assert reply.status_code == 200
    assert "示例楼检查记录2026-11-24.docx" in unquote(reply.headers["content-disposition"])
    said = text_of(reply)
    for part in (
        "屋顶花园检查记录",
        "地址：北路8号",
        "东侧松动",
        "花盆坠落伤人的，处五千元罚款",
        "大风预警发布后",
        "没有检查的1项",
        "旧表里的",
    ):
        assert part in said
    assert said.count("处罚原文") == 1
    assert len(Document(io.BytesIO(reply.content)).inline_shapes) == 2


@pytest.mark.parametrize(
    ("data", "photos", "said"),
    [
        ({"record": "{"}, (), "读不出来"),
        ({"record": "[" * 30_000}, (), "读不出来"),
        (sent([], day="明天"), (), "day"),
        (sent([{"item": "护栏1", "result": "好"}]), (), "findings.0.result"),
        (sent([{"item": "护栏1", "result": "bad", "note": "长" * 2_001}]), (), "备注每项最多2000字"),
        (sent([{"item": "护栏1", "result": "bad", "photos": 1}]), (), "照片的张数"),
        (sent([{"item": "护栏1", "result": "bad", "photos": 1}]), (b"MZ not a photo",), "不是能用的照片"),
        (sent([{"item": f"护栏{n}", "result": "bad", "photos": 3} for n in range(14)]), (b"x",) * 42, "最多40张"),
        (sent([{"item": "x"}] * 501), (), "findings"),
    ],
    ids=["no-json", "deep", "day", "result", "note", "count", "no-photo", "photos", "findings"],
)  # fmt: skip
def test_a_bad_record_is_refused_in_chinese(call, data, photos, said):
    reply = call("POST", "/inspect/export", data=data, files=files(*photos) or None)
    assert reply.status_code == 422 and said in reply.json()["error"]["message"]


def test_photos_have_more_room_than_other_bodies_but_not_without_end(call):
    big = b"\xff" * (2 * 1024 * 1024)
    assert call("POST", "/inspect/export", data=sent([]), files=files(big)).status_code == 422
    assert call("POST", "/inspect/export", data=sent([]), files=files(*[big] * 8)).status_code == 413
    assert call("POST", "/inspect", content=b"x" * 70_000).status_code == 413


def test_the_worker_is_at_the_root_never_stale_and_keeps_neither_answers_nor_admin(call):
    reply = call("GET", "/sw.js")
    assert (
        reply.headers["content-type"].startswith("text/javascript")
        and reply.headers["cache-control"] == "no-cache"
    )
    kept = json.loads(re.match(r"const KEPT = (\{.*\});", reply.text)[1])
    assert kept["pages"] == ["/inspect", "/inspect/record", "/emergency"]
    for address in (*kept["pages"], *kept["assets"]):
        assert call("GET", address).status_code == 200, address
    assert not any(word in json.dumps(kept) for word in ("api", "admin", "gradio", "mcp"))
