"""Names of files: safe wherever they come from."""

import pytest

from ingest.pull.names import safe_name, safe_path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("..", "未命名"),
        (".隐藏", "隐藏"),
        ("a\x00b\u202ec\ud800", "abc"),
        ("C:\\x", "C x"),
        ("nul.txt", "_nul.txt"),
        ("末尾. . ", "末尾"),
        ("Ａ类\t（一）\n通知", "Ａ类 （一） 通知"),
        ("e\u0301", "é"),
    ],
)
def test_one_name(text, name):
    assert safe_name(text) == name


def test_a_long_title_fits_a_file_system():
    name = safe_name("安" * 300)
    assert name == "安" * 50


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("a/../../b.md", "a/未命名/未命名/b.md"),
        ("/etc/x.md", "未命名/etc/x.md"),
        ("甲/README.md", "甲.md"),
        ("README.md", "README.md"),
        ("甲/index.html", "甲.html"),
        ("甲/" + "乙" * 200 + ".md", "甲/" + "乙" * 50 + ".md"),
        ("甲/.md", "甲/md"),
    ],
)
def test_a_path_of_a_repository(path, place):
    assert safe_path(path) == place
