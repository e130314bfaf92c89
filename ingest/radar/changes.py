"""What became of each passage of a text from one version to the next (逐条对照)."""

import difflib
import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from kb.datatypes import Chunk
from kb.links.likeness import cosines, counts
from kb.normalise import fold

_SAME_ARTICLE = 0.5  # cosine from which two articles are one, changed (as in kb.links.derive, measured there)
_SAME_NUMBER = 0.3  # the same for articles of one number
_CELLS = 4_000_000  # old times new tokens compared; more are compared by sentences
_ISLAND = 2  # tokens; fewer unchanged ones between two changes are part of the change
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百千万亿]+|.", re.S)
_SENTENCE = re.compile(r"[^。；\n]*[。；\n]|[^。；\n]+")


class Kind(StrEnum):
    """What became of a passage."""

    ADDED = "新增"
    REMOVED = "删去"
    CHANGED = "修改"
    RENUMBERED = "条号变动"  # the same words under another number


class Mark(StrEnum):
    """How a piece of a changed passage stands to the old text."""

    SAME = "same"
    GONE = "gone"
    CAME = "came"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in a changed passage; CAME and SAME together are the new text, GONE and SAME the old one.

    What differs only in full and half width is the same, in the new text's spelling.
    """

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One passage that is not what it was."""

    kind: Kind
    old: Chunk | None  # None where it was added
    new: Chunk | None  # None where it was removed
    words: tuple[Piece, ...] = ()  # for CHANGED


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new version changes, in the order of the new text, and how many passages it leaves alone."""

    items: tuple[Change, ...]
    unchanged: int

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """Return the changes of one kind."""
        return tuple(change for change in self.items if change.kind is kind)


def changes(old: Sequence[Chunk], new: Sequence[Chunk]) -> Changes:
    """Return what became of each passage from one version to the next.

    Passages of the same words are the same; what is left is paired by likeness, the number counting too.
    Differences of white space and of full and half width are none.

    >>> def law(*texts: str) -> list[Chunk]:
    ...     return [Chunk(f"x#{n}", "x", "甲法", f"第{c}条", (), t, n) for n, (c, t) in enumerate(zip("一二三", texts))]
    >>> found = changes(
    ...     law("为了安全。", "堵塞疏散通道的，处五万元以下罚款。"),
    ...     law("为了安全。", "应当每年演练一次。", "堵塞疏散通道的，处十万元以下罚款。"),
    ... )
    >>> [(change.kind.value, change.new.label) for change in found.items], found.unchanged
    ([('新增', '第二条'), ('修改', '第三条')], 1)
    """
    kept, moved = _same_words(old, new)
    left = sorted(set(range(len(old))) - {o for o, _ in kept + moved})
    right = sorted(set(range(len(new))) - {n for _, n in kept + moved})
    changed = _alike(old, new, left, right)
    placed = [((n, 0), Change(Kind.RENUMBERED, old[o], new[n])) for o, n in moved]
    placed += [
        ((n, 0), Change(Kind.CHANGED, old[o], new[n], words(old[o].text, new[n].text))) for o, n in changed
    ]
    placed += [((n, 0), Change(Kind.ADDED, None, new[n])) for n in set(right) - {n for _, n in changed}]
    after = dict(kept + moved + changed)
    previous = -1
    for o, chunk in enumerate(old):
        previous = after.get(o, previous)
        if o not in after:
            placed.append(
                ((previous, o + 1), Change(Kind.REMOVED, chunk, None))
            )  # behind what it stood behind
    return Changes(tuple(change for _, change in sorted(placed, key=lambda item: item[0])), len(kept))


def words(old: str, new: str) -> tuple[Piece, ...]:
    """Return a changed text in pieces; numbers are never cut, and single signs left between changes join them.

    >>> [(p.mark.value, p.text) for p in words("处五万元以下罚款", "并处二十五万元以下罚款")]
    [('came', '并'), ('same', '处'), ('gone', '五万'), ('came', '二十五万'), ('same', '元以下罚款')]
    """
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(left) * len(right) > _CELLS:
        left, right = _SENTENCE.findall(old), _SENTENCE.findall(new)
    if len(left) * len(right) > _CELLS:
        return (Piece(Mark.GONE, old), Piece(Mark.CAME, new))
    before, after = ([unicodedata.normalize("NFKC", token) for token in side] for side in (left, right))
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return tuple(_pieces(left, right, [(a, b, size) for a, b, size in blocks]))


Pairs = list[tuple[int, int]]  # (place in the old text, place in the new)


def _same_words(old: Sequence[Chunk], new: Sequence[Chunk]) -> tuple[Pairs, Pairs]:
    """Return the passages kept as they are, and those whose words got another number."""
    texts = [_bare(chunk.text) for chunk in new]
    places = {(chunk.label, text): place for place, (chunk, text) in enumerate(zip(new, texts, strict=True))}
    kept = [
        (o, places[key]) for o, chunk in enumerate(old) if (key := (chunk.label, _bare(chunk.text))) in places
    ]
    taken = {n for _, n in kept}
    rest: defaultdict[str, deque[int]] = defaultdict(deque)
    for n, text in enumerate(texts):
        if n not in taken:
            rest[text].append(n)
    known = {o for o, _ in kept}
    moved = [
        (o, rest[text].popleft())
        for o, chunk in enumerate(old)
        if o not in known and rest.get(text := _bare(chunk.text))
    ]
    return kept, moved


def _alike(old: Sequence[Chunk], new: Sequence[Chunk], left: Sequence[int], right: Sequence[int]) -> Pairs:
    """Return the pairs of one article in two wordings, the likest first taken."""
    if not left or not right:
        return []
    matrix = cosines(counts([old[o].text for o in left]), counts([new[n].text for n in right]))
    candidates: list[tuple[float, int, int]] = []
    for row, o in enumerate(left):
        for column, n in enumerate(right):
            likeness, same = float(matrix[row, column]), old[o].label == new[n].label
            if likeness >= (_SAME_NUMBER if same else _SAME_ARTICLE):
                candidates.append((-likeness - (_SAME_ARTICLE - _SAME_NUMBER) * same, o, n))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, o, n in sorted(candidates):
        if o not in pairs and n not in taken:
            pairs[o] = n
            taken.add(n)
    return list(pairs.items())


def _bare(text: str) -> str:
    return "".join(fold(text).split())


def _pieces(
    left: Sequence[str], right: Sequence[str], blocks: Sequence[tuple[int, int, int]]
) -> Iterator[Piece]:
    """Yield the pieces between and in the matching blocks, blocks too short to mean anything left out."""
    inner = [
        block
        for block in blocks[:-1]
        if block[2] >= _ISLAND or block[0] == 0 or block[1] == 0 or _ends(block, left, right)
    ]
    for (a, b, size), (next_a, next_b, _) in pairwise([(0, 0, 0), *inner, (len(left), len(right), 0)]):
        pieces = (
            Piece(Mark.SAME, "".join(right[b : b + size])),
            Piece(Mark.GONE, "".join(left[a + size : next_a])),
            Piece(Mark.CAME, "".join(right[b + size : next_b])),
        )
        yield from (piece for piece in pieces if piece.text)


def _ends(block: tuple[int, int, int], left: Sequence[str], right: Sequence[str]) -> bool:
    a, b, size = block
    return a + size == len(left) or b + size == len(right)
