"""All hostile files, and the odd things a folder may hold beside them."""

import os
import socket
from pathlib import Path

from tests.conftest import LONG
from tests.ingest.hostile import package_cases, pdf_cases, text_cases, zip_cases
from tests.ingest.hostile.case import Case, rule
from tests.ingest.hostile.good import docx, eml, mht, ofd, pack, rich_docx, xlsx
from tests.ingest.hostile.good_paper import pdf

_STEP = 1 if LONG else 3  # every third of the binary ones; all of them in make test-long
CASES: tuple[Case, ...] = (
    *pdf_cases.CASES[::_STEP],
    *zip_cases.CASES[::_STEP],
    *package_cases.CASES[::_STEP],
    *text_cases.CASES,
)

GOOD: dict[str, bytes] = {  # name: a file whose words go in whatever lies beside it
    "好/办法.md": rule("好文").encode(),
    "好/国标码.txt": rule("好码").encode("gb18030"),
    "好/文档.docx": rich_docx(),
    "好/简文档.docx": docx("".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in rule("好字").strip().split("\n"))),
    "好/表.xlsx": xlsx(),
    "好/版式.ofd": ofd(),
    "好/手册.pdf": pdf(),
    "好/邮件.eml": eml(),
    "好/网页.mht": mht(),
    "好/包.zip": pack({"内/办法.md": rule("好包")}),
}  # fmt: skip
GOOD_WORDS = ("好文", "好码", "好字", "好包", "两人值班", "东湖公园", "Two people keep watch")

ODD_NAMES = (  # names of whole files: what they hold must go in, and no name may break a line of the report
    "换\n行.md", "响\x07铃.md", "色\x1b[31m.md", "镜\u202edm.md", "长" * 83 + ".md", "空 格 .md", "引'号\"$(true)`.md", "--删.md", "百%s{0}.md",
    "感叹!号.md",
)  # fmt: skip


def lay_out(folder: Path) -> None:
    """Write all files, hostile and good, and the odd things, into a folder."""
    for name, data in GOOD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "坏").mkdir()
    for case in CASES:
        (folder / "坏" / case.name).write_bytes(case.make())
    (folder / "怪名").mkdir()
    for number, name in enumerate(ODD_NAMES):
        (folder / "怪名" / name).write_text(rule(f"怪名{number}号"), "utf-8")


def odd_things(folder: Path, secret: Path) -> dict[str, str]:
    """Make what is no file, and return {name: words of the reason}."""
    folder.mkdir()
    (folder / "空.md").touch()
    os.mkfifo(folder / "管道.md")
    (folder / "链接.md").symlink_to(secret)
    (folder / "断链.pdf").symlink_to(folder / "没有.pdf")
    (folder / "环.docx").symlink_to(folder / "环.docx")
    (folder / "目录.pdf").mkdir()
    (folder / "目录.pdf" / "里面.md").write_text(rule("目录里"), "utf-8")
    (folder / "外面").symlink_to(secret.parent, target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "插座.txt"))
    return {
        "空.md": "空的",
        "管道.md": "不是普通文件",
        "链接.md": "符号链接",
        "断链.pdf": "符号链接",
        "环.docx": "符号链接",
        "插座.txt": "不是普通文件|打不开文件",
    }
