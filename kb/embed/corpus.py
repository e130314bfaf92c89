"""Articles (条) read from Markdown statutes, as training material of the shipped embedding model.

A small reader of its own: `kb` must not import `ingest`, whose splitter serves the product.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_ARTICLE = re.compile(r"^(第[〇零一二三四五六七八九十百千0-9]+条(?:之[一二三四五六七八九十]+)?)[\s　]*")
_SECTION = re.compile(r"^第[〇零一二三四五六七八九十百]+(?:编|分编|章|节)")
_TITLE = re.compile(r"^# (.+)$", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_INFO_END = "<!-- INFO END -->"
_DATE = re.compile(r"[（(](\d{4}-\d{2}-\d{2})[)）]$")


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one text."""

    law: str  # title without 中华人民共和国
    label: str  # "第二十一条"
    path: tuple[str, ...]  # headings above it: ("第二章 ...",)
    text: str  # without its label

    @property
    def heading(self) -> str:
        """Return title and headings, as they are put before the text."""
        return " ".join((self.law, *self.path))


def read_articles(directories: Iterable[Path]) -> list[Article]:
    """Return every distinct article below some directories, newest version of each title only."""
    newest: dict[str, tuple[str, Path]] = {}
    for directory in directories:
        for path in sorted(directory.rglob("*.md")):
            date = _DATE.search(path.stem)
            name = law_name(_DATE.sub("", path.stem))
            candidate = (date.group(1) if date else "", path)
            if candidate[0] >= newest.get(name, ("", path))[0]:
                newest[name] = candidate
    articles: dict[tuple[str, str], Article] = {}
    for name, (_, path) in sorted(newest.items()):
        markdown = path.read_text(encoding="utf-8")
        title = _TITLE.search(markdown)
        law = law_name(_COMMENT.sub("", title.group(1))) if title else name
        for article in split_articles(law, markdown):
            articles.setdefault((article.label, article.text), article)
    return list(articles.values())


def law_name(title: str) -> str:
    """Return a title without 中华人民共和国, brackets and spaces.

    >>> law_name("《中华人民共和国消防法》")
    '消防法'
    """
    return re.sub(r"[《》\s]", "", title).removeprefix("中华人民共和国")


def split_articles(law: str, markdown: str) -> list[Article]:
    """Return the articles of one Markdown text; a text without articles gives none.

    >>> [(a.label, a.path, a.text) for a in split_articles("甲法", "# 甲法\\n## 第一章 总则\\n第一条 一。\\n二。")]
    [('第一条', ('第一章 总则',), '一。\\n二。')]
    """
    body = _COMMENT.sub("", markdown.split(_INFO_END, 1)[-1])
    path: list[str] = []
    found: list[tuple[str, tuple[str, ...], list[str]]] = []
    for raw in body.splitlines():
        line = raw.lstrip("#").strip().strip("*").strip()
        if not line or law_name(line) == law:
            continue
        article = _ARTICLE.match(line)
        if article:
            found.append((article.group(1), tuple(path), [line[article.end() :]]))
        elif raw.startswith("#") or (_SECTION.match(line) and len(line) < 40):
            path = _descend(path, line)
        elif found:
            found[-1][2].append(line)
    return [Article(law, label, above, "\n".join(lines).strip()) for label, above, lines in found]


def corpus_hash(articles: Sequence[Article]) -> str:
    """Return the sha256 of all articles in order, to say later what a model was trained on."""
    digest = hashlib.sha256()
    for article in articles:
        digest.update("\x1f".join((article.law, article.label, article.text, "\x1e")).encode())
    return digest.hexdigest()


def _descend(path: list[str], line: str) -> list[str]:
    """Return the heading path after one more heading: a 节 stands under its 章, a 章 under its 编."""
    section = _SECTION.match(line)
    rank = "编章节".find(section.group(0)[-1]) if section else 0
    kept = [
        step for step in path if (match := _SECTION.match(step)) and "编章节".find(match.group(0)[-1]) < rank
    ]
    return [*kept, line]
