"""The second stage of training: what people really ask, each question with the article that answers it.

A question must find its own article among the articles of all other questions in the batch, among
statute pairs of the first stage (so that what was learned there stays) and among wrong articles
that look right. Those are found with the model itself, before the first and after half the passes.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, normalize

from kb.embed.lessons import Lessons
from kb.embed.pairs import Pair, PairSampler, Tokens

logger = logging.getLogger(__name__)

_LOOKALIKES = 16  # wrong articles kept per question from all laws, and as many from the same law
_SEARCHED_AT_ONCE = 256  # questions


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """What decides the second stage besides the texts."""

    passes: int = 12
    questions: int = 1_024  # per batch
    pairs: int = 1_024  # statute pairs per batch
    lookalikes: int = 1  # wrong articles per question and pass
    learning_rate: float = 2e-2  # falls to zero in a straight line
    temperature: float = 0.07  # cosines are divided by it
    dropped: float = 0.1  # share of a question's tokens left out


@dataclass(frozen=True, slots=True)
class _Batch:
    pairs: Sequence[Pair]
    places: NDArray[np.int64]  # article of each pair, -1 if it is a statute pair
    lookalikes: NDArray[np.int64]  # further articles


def tune(
    vectors: NDArray[np.float32],
    silent: NDArray[np.bool_],
    lessons: Lessons,
    sampler: PairSampler,
    options: TuningOptions,
) -> NDArray[np.float32]:
    """Return the token vectors after the second stage.

    Args:
        vectors: (pieces, dimension), after the first stage; not changed.
        silent: (pieces,), True for pieces whose vector stays zero.
        lessons: what to learn.
        sampler: makes the statute pairs mixed in.
        options: how.
    """
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(vectors.copy()), freeze=False, mode="mean")
    optimizer = torch.optim.Adam(bag.parameters(), lr=options.learning_rate, betas=(0.9, 0.99), fused=True)
    size = min(options.questions, len(lessons.questions))
    steps = options.passes * (len(lessons.questions) // size)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    random = np.random.default_rng(steps)
    statutes = _endless(sampler, options.pairs)
    hushed = torch.from_numpy(silent)
    for number in range(options.passes):
        if number in (0, options.passes // 2):
            wrong = find_lookalikes(_rows(bag), lessons)
        losses = []
        for batch in _batches(lessons, wrong, statutes, options, random):
            loss = _loss(bag, batch, lessons.articles, options.temperature)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            with torch.no_grad():
                bag.weight[hushed] = 0
            losses.append(loss.item())
        logger.info("tuning pass %d of %d: loss %.3f", number + 1, options.passes, float(np.mean(losses)))
    return _rows(bag)


def find_lookalikes(vectors: NDArray[np.float32], lessons: Lessons) -> NDArray[np.int64]:
    """Return the places of the best-scoring wrong articles of all laws and of the answer's law.

    Returns:
        (questions, 2 * 16); a law of fewer articles repeats them.
    """
    with torch.no_grad():
        articles = embed(vectors, lessons.articles)
        questions = embed(vectors, lessons.questions)
    members = {law: np.flatnonzero(lessons.laws == law) for law in np.unique(lessons.laws[lessons.answers])}
    found = np.empty((len(questions), 2 * _LOOKALIKES), np.int64)
    for start in range(0, len(questions), _SEARCHED_AT_ONCE):
        scores = questions[start : start + _SEARCHED_AT_ONCE] @ articles.T
        for row, answer in enumerate(lessons.answers[start : start + _SEARCHED_AT_ONCE]):
            scores[row, answer] = -2
            everywhere = np.argpartition(scores[row], -_LOOKALIKES)[-_LOOKALIKES:]
            same = members[lessons.laws[answer]]
            same = same[np.argsort(-scores[row, same], kind="stable")[:_LOOKALIKES]]
            found[start + row] = np.concatenate((everywhere, np.resize(same, _LOOKALIKES)))
    return found


def embed(vectors: NDArray[np.float32], texts: Sequence[Tokens]) -> NDArray[np.float32]:
    """Return one unit row per text, (texts, dimension); an empty text gives zeros."""
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(vectors), mode="mean")
    parts = [unit_rows(bag, texts[start : start + 4_096]) for start in range(0, len(texts), 4_096)]
    rows: NDArray[np.float32] = torch.cat(parts).numpy()
    return rows


def unit_rows(bag: torch.nn.EmbeddingBag, texts: Sequence[Tokens]) -> torch.Tensor:
    """Return the mean token vector of each text, scaled to length one."""
    starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
    return normalize(bag(torch.from_numpy(np.concatenate(texts)), torch.from_numpy(starts)), dim=1)


def _rows(bag: torch.nn.EmbeddingBag) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = bag.weight.detach().numpy().copy()
    return rows


def _endless(sampler: PairSampler, size: int) -> Iterator[list[Pair]]:
    while True:
        yield from sampler.batches(size)


def _batches(
    lessons: Lessons,
    wrong: NDArray[np.int64],
    statutes: Iterator[list[Pair]],
    options: TuningOptions,
    random: np.random.Generator,
) -> Iterator[_Batch]:
    """Yield one pass over the questions in random order; a last short batch is left out."""
    order = random.permutation(len(lessons.questions))
    size = min(options.questions, len(order))
    for start in range(0, len(order) - size + 1, size):
        chosen = order[start : start + size]
        places = lessons.answers[chosen]
        pairs = [
            (_thinned(lessons.questions[question], options.dropped, random), lessons.articles[place])
            for question, place in zip(chosen, places, strict=True)
        ]
        mixed = next(statutes) if options.pairs else []
        columns = random.integers(0, wrong.shape[1], (size, options.lookalikes))
        yield _Batch(
            pairs + mixed,
            np.concatenate((places, np.full(len(mixed), -1))),
            np.unique(np.take_along_axis(wrong[chosen], columns, axis=1)),
        )


def _thinned(question: Tokens, share: float, random: np.random.Generator) -> Tokens:
    kept = question[random.random(len(question)) >= share]
    return kept if len(kept) else question


def _loss(
    bag: torch.nn.EmbeddingBag, batch: _Batch, articles: Sequence[Tokens], temperature: float
) -> torch.Tensor:
    """Return the mean InfoNCE loss of both directions; an article is never its own question's wrong answer."""
    queries, documents = (unit_rows(bag, side) for side in zip(*batch.pairs, strict=True))
    scores = queries @ documents.T / temperature
    same = (batch.places[:, None] == batch.places[None, :]) & (batch.places[:, None] >= 0)
    np.fill_diagonal(same, False)
    scores = scores.masked_fill(torch.from_numpy(same), -torch.inf)
    own = torch.arange(len(batch.pairs))
    backward = cross_entropy(scores.T, own)
    if len(batch.lookalikes):
        further = queries @ unit_rows(bag, [articles[place] for place in batch.lookalikes]).T / temperature
        mine = torch.from_numpy(batch.places[:, None] == batch.lookalikes[None, :])
        scores = torch.cat((scores, further.masked_fill(mine, -torch.inf)), dim=1)
    return (cross_entropy(scores, own) + backward) / 2
