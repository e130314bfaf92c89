"""An answer written by a chat model, each sentence checked before it is shown (先核对，后显示)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.compose.quote import excerpt
from assistant.generate import MOST_PASSAGES, Writer
from assistant.verify import MARK, Verifier, is_claim
from kb.datatypes import Answer, AnswerState, Audience, Citation, Hit, Verification

_ALWAYS, _NEAR = 3, 0.3  # passages given whatever their score; share of the best score from which others are
_LEAST_KEPT = 0.5  # of the claims: where the model was wrong more often, nothing of it is believed


@dataclass(frozen=True, slots=True)
class Draft:
    """What of a model's answer passed so far."""

    text: str = ""
    claims: int = 0
    struck: tuple[str, ...] = ()  # reasons why claims were struck out

    @property
    def is_believed(self) -> bool:
        """Whether enough passed for the answer to stand."""
        return self.claims > 0 and len(self.struck) <= self.claims * (1 - _LEAST_KEPT)


def write(
    writer: Writer, question: str, hits: Sequence[Hit], audience: Audience, history: Sequence[str]
) -> Iterator[Draft]:
    """Yield what passed, growing sentence by sentence.

    A sentence without a mark that stands in one line with a marked one is held to the same source.

    Raises:
        GenerationError: if the model fails; what was yielded before is not to be used.
    """
    verifier = Verifier(question, hits)
    draft = Draft()
    held: list[str] = []  # sentences that wait for the mark at the end of their line
    for sentence in writer.write(question, hits, audience, history):
        if is_claim(sentence) and not MARK.search(sentence) and not sentence.endswith("\n"):
            held.append(sentence)
            continue
        marks = "".join(f"[{mark}]" for mark in MARK.findall(sentence))
        for part in (*(_marked(text, marks) for text in held), sentence):
            draft = _judged(draft, part, verifier)
        held.clear()
        yield draft
    for part in held:
        draft = _judged(draft, part, verifier)
    yield draft


def _judged(draft: Draft, sentence: str, verifier: Verifier) -> Draft:
    faults = verifier.faults(sentence)
    claims = draft.claims + is_claim(sentence)
    if faults:
        break_ = "\n" if sentence.endswith("\n") and draft.text and not draft.text.endswith("\n") else ""
        return Draft(draft.text + break_, max(claims, draft.claims + 1), (*draft.struck, *faults[:1]))
    return Draft(draft.text + sentence, claims, draft.struck)


def _marked(sentence: str, marks: str) -> str:
    return sentence + marks


def to_answer(draft: Draft, question: str, hits: Sequence[Hit], audience: Audience) -> Answer:
    """Return the answer a draft makes: its sources numbered in the order of use, what was done to it said."""
    used = list(dict.fromkeys(int(mark) for mark in MARK.findall(draft.text)))
    numbers = {mark: place for place, mark in enumerate(used, start=1)}
    text = MARK.sub(lambda found: f"[{numbers[int(found[1])]}]", draft.text).strip()
    citations = tuple(_citation(numbers[mark], question, hits[mark - 1]) for mark in used)
    verification = Verification.CORRECTED if draft.struck else Verification.VERIFIED
    return Answer(
        AnswerState.GROUNDED,
        text,
        citations=citations,
        audience=audience,
        hits=tuple(hits),
        verification=verification,
    )


def passages(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits a model is given: the first few, and others only where they are nearly as good."""
    top = max((hit.score for hit in hits), default=0.0)
    near = (
        hit for place, hit in enumerate(hits) if place < _ALWAYS or hit.relation or hit.score >= _NEAR * top
    )
    return tuple(near)[:MOST_PASSAGES]


def with_failure(answer: Answer, said: str) -> Answer:
    """Return the extractive answer, with what went wrong with the model said under it."""
    return replace(answer, text=f"{answer.text}\n\n{said}")


def _citation(number: int, question: str, hit: Hit) -> Citation:
    text = hit.focus or hit.chunk.text
    lines = excerpt(question, text)
    return Citation(number, hit.chunk, hit.document, hit.status, lines[0] if lines else text)
