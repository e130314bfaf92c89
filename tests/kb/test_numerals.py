import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.numerals import article_label, to_chinese, to_int


@given(st.integers(0, 9999))
def test_chinese_numbers_go_there_and_back(number: int) -> None:
    assert to_int(to_chinese(number)) == number


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("第1003条", "第一千零三条"),
        ("第一千零三条", "第一千零三条"),
        ("一百三十四条之一", "第一百三十四条之一"),
        ("134 条 之 1", "第一百三十四条之一"),
        ("21", "第二十一条"),
        ("第２１条".translate(str.maketrans("２１", "21")), "第二十一条"),
        ("附件1", "附件1"),
        ("一、（二）", "一、（二）"),
    ],
)
def test_article_labels_have_one_spelling(text: str, label: str) -> None:
    assert article_label(text) == label


@pytest.mark.parametrize("text", ["", "条", "abc", "第五"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Chinese number"):
        to_int(text)


@given(st.text(max_size=40))
def test_labels_never_raise_and_settle(text: str) -> None:
    once = article_label(text)
    assert article_label(once) == once
