"""One question in, one grounded answer out: triage, then search, then composition, each able to stand alone."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant import compose, refuse, written
from assistant.compose.thresholds import contradicts
from assistant.dialogue import complete, style_asked
from assistant.evidence import is_supported
from assistant.follow_ups import follow_ups
from assistant.generate import Writer, build_model
from assistant.rewrite import search_again
from assistant.scope import out_of_scope
from assistant.surround import surround
from assistant.triage import Triage
from assistant.understand import audience_of
from kb.base import KnowledgeBase
from kb.cards.guides import HEADINGS
from kb.datatypes import CARDS, Answer, AnswerState, Audience, Emergency, Found, Hit, Level, Verification
from kb.errors import AnwenError, GenerationError, KnowledgeBaseError
from kb.intent import Intent, intents
from kb.settings import Settings

logger = logging.getLogger(__name__)

_DEPTH = 10
_ABOUT_RULES = frozenset({Intent.DUTY, Intent.PENALTY, Intent.DEFINITION, Intent.NUMBER, Intent.PROCEDURE})
_NEARLY, _RULE_NEARLY = 0.15, 0.4  # of the first one's, or a guide's score: it is about the same matter
_SECTIONS = (
    (re.compile(r"预防|防止|避免|平时|以防|防范|准备什么|备什么|怎么防"), HEADINGS[3:5]),
    (re.compile(r"之后|事后|后续|以后怎么|恢复|灭了以后|退了以后"), HEADINGS[2:3]),
    (re.compile(r"不能做|不要做|忌|千万别|注意什么|注意事项"), HEADINGS[1:2]),
)
_NO_RULES = frozenset({Level.SIGNAL, Level.TERM, Level.SHEET})
_CRITICAL = frozenset(
    {"cardiac-arrest", "choking", "severe-bleeding", "fire-clothes", "mental-crisis", "confined-space"}
)
_MODEL_FAILED = "（大模型这次没有正常回答，以上是原文摘录。）"
_MODEL_STRUCK = "（大模型的回答没有通过核对，没有采用，以上是原文摘录。）"
_CANNOT_LOOK = "知识库现在打不开，原因已记入日志"


@dataclass(frozen=True, slots=True)
class _Request:
    question: str
    audience: Audience
    region: str | None
    on: date | None
    history: tuple[str, ...] = ()


class Assistant:
    """Answers from one knowledge base. Holds no conversation: the caller passes the history in."""

    def __init__(
        self,
        kb: KnowledgeBase | None,
        triage: Triage,
        broken: str = _CANNOT_LOOK,
        *,
        writer: Writer | None = None,
        explain: bool = False,
    ) -> None:
        """Take what is known.

        Args:
            kb: the knowledge base, or None if it could not be opened; emergencies are answered all the same.
            triage: the rules that notice danger.
            broken: why there is no knowledge base, for the person to read.
            writer: a chat model that writes answers from what was found; without one they are extracted.
            explain: tell the full reason when something fails later (the command line does); a visitor of
                the page gets a plain sentence instead, since reasons name paths on the server.
        """
        self._writer = writer
        self._explain = explain
        self._kb = kb
        self._triage = triage
        self._broken = broken

    def answer(
        self,
        question: str,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
        history: Sequence[str] = (),
    ) -> Answer:
        """Return the complete answer."""
        *_, last = self.ask(question, audience=audience, region=region, on=on, history=history)
        return last

    def ask(
        self,
        question: str,
        *,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[Answer]:
        """Yield growing snapshots of one answer; in an emergency the first holds the number and the steps.

        Raises nothing of ours: what goes wrong below becomes an answer in state UNAVAILABLE.

        Args:
            question: as typed.
            audience: who asks; guessed from the words if None.
            region: where they are.
            on: the day whose law counts.
            history: earlier questions of this conversation, oldest first.
        """
        emergency = self._triage.assess(question, history)
        whole = complete(question, history).strip()
        earlier = tuple(text for text in history if text.strip())
        said_again = style_asked(question) if earlier else None
        who = said_again or audience or audience_of(whole, emergency)
        request = _Request(whole, who, region, on, earlier)
        said = f"（按“{whole}”理解）" if whole != question.strip() else ""
        if emergency:
            yield Answer(AnswerState.GROUNDED, "", emergency=emergency, audience=request.audience)
        try:
            for answer in self._answers(request, emergency):
                text = "\n\n".join(part for part in (said, answer.text) if part)
                yield replace(answer, text=text, emergency=emergency)
        except AnwenError as error:
            logger.warning("cannot answer: %s", error)
            reason = str(error) if self._explain else _CANNOT_LOOK
            yield refuse.unavailable(reason, request.audience, emergency)

    def _answers(self, request: _Request, emergency: Emergency | None) -> Iterator[Answer]:
        if self._kb is None:
            yield refuse.unavailable(self._broken, request.audience, emergency)
            return
        if not request.question:
            yield refuse.empty(request.audience)
            return
        rule = out_of_scope(request.question, self._kb.titles())
        if rule and not emergency:
            yield Answer(AnswerState.NO_MATCH, rule.say, audience=request.audience)
            return
        found = self._find(request)(request.question)
        if emergency:
            found = _guide_first(self._kb, found, emergency, request.on)
        elif found.hits and not found.exact:
            found = _fitting_first(found, request.question)
        found = _open_on_steps(self._kb, found, "" if emergency else request.question)
        carried = self._carried(request, found, emergency)
        if carried is None:
            yield refuse.no_match(request.question, found, request.audience, self._kb.stats())
            return
        found = surround(self._kb, carried, request.question, request.audience, request.region, request.on)
        extracted = None
        for extracted in _grounded(request, found):
            yield extracted
        if self._writer and extracted and not emergency and not found.exact:
            yield from self._written(self._writer, request, found, extracted)

    def _carried(self, request: _Request, found: Found, emergency: Emergency | None) -> Found | None:
        """Return what can carry an answer: what was found, else what the chat model's rewordings find."""
        if (emergency and found.hits) or is_supported(request.question, found):
            return found
        if self._writer and not found.exact:
            return search_again(self._writer, request.question, self._find(request))
        return None

    def _find(self, request: _Request) -> Callable[[str], Found]:
        kb = self._kb
        if kb is None:
            raise KnowledgeBaseError(self._broken)
        return lambda question: kb.find(question, _DEPTH, on=request.on, region=request.region)

    def _written(
        self, writer: Writer, request: _Request, found: Found, extracted: Answer
    ) -> Iterator[Answer]:
        """Yield the chat model's answer as far as it passes; the extracted one, if it fails, and that said."""
        hits = written.passages(found.hits)
        draft = written.Draft()
        try:
            for draft in written.write(writer, request.question, hits, request.audience, request.history):
                if draft.text.strip():
                    shown = written.to_answer(draft, request.question, hits, request.audience)
                    yield replace(shown, verification=Verification.NOT_VERIFIED)
        except GenerationError as error:
            logger.warning("the chat model failed: %s", error)
            yield written.with_failure(extracted, _MODEL_FAILED)
            return
        if not draft.is_believed:
            logger.warning("the chat model's answer did not pass: %s", "；".join(draft.struck[:5]))
            yield written.with_failure(extracted, _MODEL_STRUCK)
            return
        answer = written.to_answer(draft, request.question, hits, request.audience)
        yield replace(answer, follow_ups=extracted.follow_ups)


def build(settings: Settings) -> Assistant:
    """Return an assistant for the command line; a knowledge base that cannot be opened is told, not raised."""
    triage = Triage.load(settings.starter_dir)
    writer = build_writer(settings)
    try:
        kb = KnowledgeBase.open(
            settings.kb_dir, model=settings.embedding_model, reranker=settings.reranker_model
        )
        return Assistant(kb, triage, writer=writer, explain=True)
    except KnowledgeBaseError as error:
        return Assistant(None, triage, str(error), explain=True)


def build_writer(settings: Settings) -> Writer | None:
    """Return what writes answers with the chat model the settings name, or None where none is.

    Raises:
        SettingsError: if the settings are incomplete.
    """
    model = build_model(settings)
    return Writer(model, settings.llm_timeout, settings.llm_retries) if model else None


def _grounded(request: _Request, found: Found) -> Iterator[Answer]:
    """Yield the answer block by block."""
    composed = compose.compose(request.question, found.hits, request.audience, exact=found.exact)
    answer = Answer(
        AnswerState.GROUNDED,
        found.notice,
        audience=request.audience,
        hits=found.hits,
        verification=Verification.QUOTED,
    )
    for shown, block in enumerate(composed.blocks, start=1):
        answer = replace(
            answer,
            text="\n\n".join(part for part in (answer.text, block) if part),
            citations=composed.citations[:shown],
        )
        yield answer
    yield replace(answer, follow_ups=follow_ups(found))


def _guide_first(kb: KnowledgeBase, found: Found, emergency: Emergency, on: date | None) -> Found:
    """Put the guide the triage points to before the other guides found.

    A general one comes after them, and so does one that the search, which reads the whole story, does not
    put first; but never one whose first step decides between life and death.
    """
    guide = kb.guide(emergency.guide_id, on)
    others = tuple(hit for hit in found.hits if hit.document.level is Level.GUIDE)
    if not guide and not others:
        return found
    doubted = bool(others) and others[0].document.doc_id != emergency.guide_id
    rest = tuple(hit for hit in others if hit.document.doc_id != emergency.guide_id)
    ranked = rest + guide if doubted and emergency.guide_id not in _CRITICAL else guide + rest
    return replace(found, hits=ranked[:_DEPTH])


def _fitting_first(found: Found, question: str) -> Found:
    """Put the first passage of a fitting kind before one that answers another kind of question."""
    wanted = intents(question)
    first = found.hits[0]
    if not _is_unfit(first, wanted, question):
        return found
    kinds = _NO_RULES if first.document.level is Level.GUIDE else frozenset()
    fitting = (hit for hit in found.hits if not _is_unfit(hit, wanted, question))
    better = next((hit for hit in fitting if hit.document.level not in kinds), None)
    nearly = _RULE_NEARLY if first.document.level is Level.GUIDE else _NEARLY
    if better is None or better.score < nearly * first.score:
        return found
    return replace(found, hits=(better, *(hit for hit in found.hits if hit is not better)))


def _is_unfit(hit: Hit, wanted: frozenset[Intent], question: str) -> bool:
    """Whether a passage is of a kind not asked for (steps for who asks what is allowed), or on other numbers."""
    if hit.document.level in CARDS and contradicts(question, f"{hit.chunk.label}。{hit.chunk.text}"):
        return True
    match hit.document.level:
        case Level.GUIDE:
            return Intent.SELF_RESCUE not in wanted and bool(wanted & _ABOUT_RULES)
        case Level.SHEET:
            return "检查" not in question
        case Level.DUTY | Level.TERM:
            return Intent.PENALTY in wanted and not hit.chunk.text.rpartition("\n")[2].startswith("罚则：")
        case _:
            return False


def _open_on_steps(kb: KnowledgeBase, found: Found, question: str) -> Found:
    """Let each guide appear once, with the sections asked for, whichever of its sections was found."""
    headings = next((parts for asked, parts in _SECTIONS if asked.search(question)), HEADINGS[:2])
    hits: list[Hit] = []
    shown: set[str] = set()
    for hit in found.hits:
        if hit.document.level is not Level.GUIDE:
            hits.append(hit)
        elif hit.document.doc_id not in shown:
            shown.add(hit.document.doc_id)
            sections = kb.guide(hit.document.doc_id, headings=headings)
            hits += [replace(part, score=hit.score, why=hit.why) for part in sections]
    return replace(found, hits=tuple(hits))
