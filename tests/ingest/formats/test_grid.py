"""Rows of tables become lines with the names of their columns."""

import pytest

from ingest.formats.tables.grid import records


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([["", ""], ["", ""]], [], id="blank"),
        pytest.param([["名称", "容量"]], ["名称 容量"], id="a header alone is a line"),
        pytest.param(
            [["场所", "是否配备", "是否有效"], ["甲", "是", "是"], ["是", "是", "是"]],
            ["场所：甲；是否配备：是；是否有效：是", "场所：是；是否配备：是；是否有效：是"],
            id="short values that fill a row are no caption",
        ),
        pytest.param(
            [["名称", "容量"], ["一、城区范围内", "一、城区范围内"], ["甲", "5"]],
            ["一、城区范围内", "名称：甲；容量：5"],
            id="caption in the body",
        ),
        pytest.param(
            [["名称", "备注"], ["甲", "好"], ["", "暂停使用"]],
            ["名称：甲；备注：好", "备注：暂停使用"],
            id="sparse row",
        ),
        pytest.param(
            [["检查项", "要求"], ["通道", "保持畅通"], ["", ""], ["灭火器", "压力正常"]],
            ["检查项：通道；要求：保持畅通", "检查项：灭火器；要求：压力正常"],
            id="blank row in a table of words",
        ),
        pytest.param(
            [["名称", "容量"], ["甲", "5"], ["", ""], ["物资库一览", ""], ["物资", "存放"], ["帐篷", "东库"]],
            ["名称：甲；容量：5", "物资库一览", "物资：帐篷；存放：东库"],
            id="second table under a caption",
        ),
        pytest.param(
            [["名称", "电话"], ["甲", "5"], ["", ""], ["名称", "电话"], ["乙", "6"]],
            ["名称：甲；电话：5", "名称：乙；电话：6"],
            id="header repeated",
        ),
        pytest.param(
            [["名称", "容量"], ["甲", "5"], ["无容量", "暂缺"], ["乙", "6"]],
            ["名称：甲；容量：5", "名称：无容量；容量：暂缺", "名称：乙；容量：6"],
            id="words among numbers without a blank row",
        ),
        pytest.param(
            [["a", "值", "值", "值"], ["a", "甲", "甲", "乙"], ["a", "一", "二", "乙"], ["x", "1", "2", "3"]],
            ["a：x；值 / 甲 / 一：1；值 / 甲 / 二：2；值 / 乙：3"],
            id="header of three rows",
        ),
        pytest.param(
            [["设备", "数量", "数量"], ["水泵", "2", "3"]],
            ["设备：水泵；数量：2；数量：3"],
            id="equal names without parts",
        ),
        pytest.param(
            [["名称", "电话"], ["甲", "5", "多"]], ["名称：甲；电话：5；多"], id="more cells than names"
        ),
    ],
)
def test_records(rows, lines):
    assert records(rows) == lines
