"""Learn the reranker's weights from the question bank: `python -m kb.rerank.train --kb DIR`.

For each question of the bank its article must come before the other candidates (pairwise logistic
regression; Joachims, KDD 2002, doi:10.1145/775047.775067, with a logistic loss). The question itself is
left out of the bank while its candidates are gathered. In some of the examples the article loses all its
bank features, as an article nobody has written questions for would.
"""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kb import console
from kb.bank import BankQuestion, read_bank
from kb.catalogue import Catalogue
from kb.embed import load_embedder
from kb.rerank import FILE
from kb.rerank.features import BANK_COLUMNS, BANK_GAP, NAMES
from kb.retrieve import FloatMatrix, Query, Retriever
from kb.settings import Settings

LEAST_COSINE = 0.5  # below: fusion alone, see docs/measurements.md
_WITHOUT_BANK = 0.1  # share of examples whose article loses its bank features
_RIVALS = 40  # candidates each article is held against
_SEED = 20261124
_REGULARISATION = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """One question's candidates: the place of the right one, and the features of all."""

    right: int
    features: FloatMatrix


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("kb.rerank.train", "用题库训练重排权重")
    console.add_kb(arguments, settings)
    arguments.add_argument("--questions", type=int, default=4_000, help="用多少题训练（默认 4000）")
    arguments.add_argument("--model", default=settings.embedding_model, help="收集特征时用的向量模型")
    options = arguments.parse_args()
    bank = read_bank()
    learning = [question for question in bank if not question.is_validation]
    kept_back = [question for question in bank if question.is_validation]
    catalogue = Catalogue(options.kb)
    retriever = Retriever(catalogue, load_embedder(options.model), learning)
    chosen = random.Random(_SEED).sample(learning, min(options.questions, len(learning)))
    found, misses = examples(retriever, chosen)
    weights = fit(found)
    report = {
        "questions": len(chosen),
        "without_their_article": misses,
        "seed": _SEED,
        "validation": {
            "articles_without_bank_questions": measure(retriever, kept_back, weights),
            "fresh_questions": measure(retriever, _others(learning, chosen), weights),
        },
    }
    stored = {
        "weights": {name: round(float(weight), 4) for name, weight in zip(NAMES, weights, strict=True)},
        "least_cosine": LEAST_COSINE,
        "trained": report,
    }
    FILE.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


def examples(retriever: Retriever, questions: Sequence[BankQuestion]) -> tuple[list[Example], int]:
    """Return an example per question whose article is among its candidates, and how many had none."""
    found: list[Example] = []
    for question in questions:
        names, features = _candidates(retriever, question)
        if question.chunk_id in names:
            found.append(Example(names.index(question.chunk_id), features))
    return found, len(questions) - len(found)


def fit(found: Sequence[Example]) -> NDArray[np.float32]:
    """Return the weights under which the right candidates come before the others, (len(NAMES),)."""
    chance = np.random.default_rng(_SEED)
    differences: list[FloatMatrix] = []
    for example in found:
        features = example.features.copy()
        if chance.random() < _WITHOUT_BANK:
            features[example.right, BANK_COLUMNS] = 0.0
            features[example.right, BANK_GAP] = features[:, BANK_COLUMNS[1]].max()
        rivals = [place for place in range(min(_RIVALS, len(features))) if place != example.right]
        differences.append(features[example.right] - features[rivals])
    better = np.vstack(differences)
    scale = better.std(axis=0) + 1e-6
    both = np.vstack([better, -better]) / scale
    labels = np.repeat([1, 0], len(better))
    model = LogisticRegression(C=_REGULARISATION, fit_intercept=False, max_iter=400).fit(both, labels)
    return np.asarray(model.coef_[0] / scale, np.float32)


def measure(
    retriever: Retriever, questions: Sequence[BankQuestion], weights: NDArray[np.float32]
) -> dict[str, float]:
    """Return hit@1, hit@5, hit@10 of the weights on questions, each left out of the bank."""
    ranks = []
    for question in questions:
        names, features = _candidates(retriever, question)
        order = np.argsort(-(features @ weights), kind="stable")
        place = names.index(question.chunk_id) if question.chunk_id in names else -1
        ranks.append(int(np.flatnonzero(order == place)[0]) if place >= 0 else len(names))
    hits = {f"hit@{k}": round(float(np.mean([rank < k for rank in ranks])), 3) for k in (1, 5, 10)}
    return {"n": len(questions), **hits}


def _candidates(retriever: Retriever, question: BankQuestion) -> tuple[list[str], FloatMatrix]:
    gathered = retriever.gather(Query(question.question, 10, date.today()), leave_out=question.question)
    candidates = retriever.candidates(gathered)
    names = [candidate.chunk.chunk_id for candidate in candidates]
    return names, retriever.features(question.question, gathered, candidates)


def _others(learning: Sequence[BankQuestion], chosen: Sequence[BankQuestion]) -> list[BankQuestion]:
    used = set(chosen)
    rest = [question for question in learning if question not in used]
    return random.Random(_SEED).sample(rest, min(600, len(rest)))


if __name__ == "__main__":
    console.run(main)
