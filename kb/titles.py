"""Which law a question names: full names, short names, old names, and near misses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from kb.datatypes import CARDS, Document
from kb.errors import SettingsError
from kb.normalise import fold, law_name

_ALIASES = Path(__file__).with_name("aliases.yaml")
_QUOTED = re.compile(r"[《〈]([^《》〈〉]{2,60})[》〉]")
_POLITE = re.compile(
    r"^(?:请问|问一下|想问|帮我|帮忙|查一下|查查|查询|查|看一下|看看|根据|按照|依据|我想知道|关于)+"
)
# What may stand right before a law's name without being part of a longer one (食品|安全法 is not 安全法).
_MAY_PRECEDE = re.compile(
    r"(?:^|[^\u3400-\u9fff]|[的和与及或在按新查看问说从跟同用对把被给让由是有即据照到过]"
    r"|请问|根据|按照|依据|依照|违反|触犯|适用|参照|结合|关于|我国|国家|现行|一下|以下简称|最新|学习|执行|对比|比较|什么|规定|修订)$"
)
# What right after a name makes it another text: 消防法|实施办法, 刑法|修正案.
_OTHER_TEXT = re.compile(r"[》〉]?(?:实施|施行|的?(?:司法)?解释|修正案|释义|若干|办法|条例|细则)")
_UNKNOWN = re.compile(
    r"[\u3400-\u9fff、“”]{1,30}(?:法|条例|规定|办法|细则|规程|规则|解释|标准|规范|决定|意见)$"
)
_CLOSE_ENOUGH = 80.0  # per cent: one wrong character in a name of five or six
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """A law named in a question: characters [begin, end) of the folded text."""

    name: str
    begin: int
    end: int


@cache
def curated_aliases() -> dict[str, tuple[str, ...]]:
    """Return {law name: what people call it} from `aliases.yaml`.

    Raises:
        SettingsError: if the file cannot be read as such a table.
    """
    try:
        table = yaml.safe_load(_ALIASES.read_text("utf-8"))
        return {law_name(name): tuple(aliases or ()) for name, aliases in table.items()}
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise SettingsError(
            f"别名表 {_ALIASES} 格式不对：{error}。每行应为“正式名称: [叫法, 叫法]”"
        ) from error


class Titles:
    """Finds law names in folded text, longest first."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Learn the names of `documents` and their aliases."""
        names: dict[str, str] = {}
        for name, aliases in curated_aliases().items():
            names |= {fold(alias): name for alias in (*aliases, name)}
        self._held = set()
        for document in documents:
            if document.level in CARDS:
                continue
            self._held.add(document.name)
            names |= {fold(short): document.name for short in document.short_names}
        names |= {fold(name): name for name in self._held}
        self._names = {name: law for name, law in names.items() if len(name) >= _SHORTEST}
        longest_first = sorted(self._names, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def resolve(self, text: str) -> str:
        """Return the name of the law that `text` as a whole stands for; unknown text comes back normalised."""
        name = law_name(text)
        return self._names.get(fold(name), name)

    def mentions(self, folded: str) -> list[Mention]:
        """Return the laws named, in order; a name in 《》 counts even when the knowledge base lacks it."""
        found = [
            Mention(self._names[m[0]], *m.span())
            for m in self._pattern.finditer(folded)
            if _MAY_PRECEDE.search(folded[: m.start()]) and not _OTHER_TEXT.match(folded, m.end())
        ]
        for match in _QUOTED.finditer(folded):
            inside = [m for m in found if match.start() <= m.begin < match.end()]
            name = self.resolve(match[1])
            if not any(m.name == name for m in inside):
                found = [m for m in found if m not in inside]
                found.append(Mention(name, *match.span()))
        return sorted(found, key=lambda mention: mention.begin)

    def guess(self, text: str) -> str | None:
        """Return the law whose name is closest to `text` (a typo, a dropped character).

        A name unlike any known one comes back as it is if it looks like a law's (「食品安全法」), else None.
        """
        candidate = _POLITE.sub("", fold(text)).strip()
        if len(candidate) < _SHORTEST + 1:
            return None
        best = process.extractOne(candidate, list(self._names), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
        best = best or process.extractOne(candidate, list(self._names), scorer=_one_slip, score_cutoff=100)
        if best:
            return self._names[best[0]]
        return candidate if _UNKNOWN.match(candidate) else None


def _one_slip(candidate: str, name: str, **_options: object) -> float:
    """100 when two names of equal length three or four differ in one character, else 0."""
    same_length = len(candidate) == len(name) and 3 <= len(name) <= 4
    return 100.0 if same_length and sum(a != b for a, b in zip(candidate, name, strict=True)) == 1 else 0.0
