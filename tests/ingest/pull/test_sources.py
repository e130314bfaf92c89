"""The list of sources: what is shipped, and how mistakes in it are named."""

import pytest

from ingest.pull import choose, load_sources
from kb.datatypes import Level
from kb.errors import SettingsError

GIT = 'kind = "git"\ntitle = "某文库"\naddress = "https://a.example/laws.git"\nlicence = "MIT"\n'
FEED = 'kind = "feed"\ntitle = "某部"\naddress = "https://a.example/list/"\nlicence = "公开"\n'
ITEM = 'selectors = { item = "li" }\n'


def write(tmp_path, text):
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_list_is_in_order():
    sources = load_sources()
    assert [source.name for source in choose(sources, None)] == ["just-laws"]
    assert {"lawrefbook", "mem-orders", "nea-policies"} <= {source.name for source in sources}
    for source in sources:
        assert source.licence
        if source.kind == "feed":
            assert not source.enabled
            assert "未在本机验证" in source.note


def test_a_whole_entry_is_read(tmp_path):
    text = f'[a-1]\n{FEED}{ITEM}level = "部门规章"\nregion = "河南省"\nhosts = ["b.example"]\nlimit = 5\n'
    (source,) = load_sources(write(tmp_path, text))
    assert (source.name, source.level, source.region) == ("a-1", Level.MINISTRY, "河南省")
    assert source.selectors is not None
    assert (source.selectors.item, source.selectors.link, source.limit) == ("li", "a[href]", 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"[a]\n{GIT}licenze = 'x'\n", r"\[a\] licenze：没有这一项"),
        ("[a]\n" + GIT.replace("licence", "# licence"), r"\[a\] licence：缺少这一项"),
        (f"[a]\n{GIT}enabled = 'yes'\n", r"\[a\] enabled：值 'yes' 不可用"),
        (f"[a]\n{GIT}interval = true\n", r"\[a\] interval：值 'True' 不可用"),
        (f"[a]\n{GIT}level = '国标'\n", r"\[a\] level：值 '国标' 不可用"),
        (f"[a]\n{GIT}branch = '--upload-pack=x'\n", r"\[a\] branch"),
        (f"[a]\n{GIT}commit = 'abc'\n", r"\[a\] commit"),
        (f"[a]\n{GIT}limit = 5\n", r"limit 只用于 kind 为 feed"),
        (f"[a]\n{FEED}", "要写 selectors"),
        (f"[a]\n{FEED}selectors = {{ }}\n", r"selectors\.item：缺少"),
        ("[a]\n" + GIT.replace("https", "http"), "https:// 开头"),
        ("[a]\n" + GIT.replace("https://", "ext::sh -c "), "https:// 开头"),
        (f"[A_b]\n{GIT}", "小写字母"),
        (f'["../x"]\n{GIT}', "小写字母"),
        (f"[a]\nname = 'b'\n{GIT}", "不要再写 name"),
        ("a = 1\n", "要写成"),
        ("[a\n", "不是有效的 TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(SettingsError, match=words) as caught:
        load_sources(path)
    assert str(path) in str(caught.value)


def test_a_missing_or_undecodable_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="打不开"):
        load_sources(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes("title = '某部'".encode("gbk"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load_sources(tmp_path / "gbk.toml")


def test_choosing(tmp_path):
    sources = load_sources(write(tmp_path, f"[a]\n{GIT}enabled = false\n[b]\n{FEED}{ITEM}enabled = false\n"))
    assert [source.name for source in choose(sources, "b")] == ["b"]  # named: also when disabled
    with pytest.raises(SettingsError, match="没有 c。可用的来源：a、b"):
        choose(sources, "c")
    with pytest.raises(SettingsError, match="没有启用的来源"):
        choose(sources, None)
