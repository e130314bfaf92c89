"""Learn the reranker's weights from the question bank: `python -m kb.rerank.train --kb DIR`.

For each question its article must come before the other candidates (pairwise logistic regression;
Joachims, KDD 2002, doi:10.1145/775047.775067, with a logistic loss). Learned on the validation articles
alone, with an embedding model that has not seen their questions (`python -m kb.embed.train` keeps such a
model): on questions the model was trained on, cosines would look better than they are. The question itself
is left out of the bank while its candidates are gathered. In some examples the article loses all its bank
features, as an article nobody has written questions for would. The figures are five-fold, by article.
"""

import json
import sys
import zlib
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
from kb.gathered import FloatMatrix
from kb.rerank import FILE
from kb.rerank.features import BANK_COLUMNS, BANK_GAP, NAMES
from kb.retrieve import Query, Retriever
from kb.settings import Settings

LEAST_COSINE = 0.5  # below: fusion alone, see docs/measurements.md
_WITHOUT_BANK = 0.1  # share of examples whose article loses its bank features
_FOLDS = 5
_RIVALS = 40  # candidates each article is held against
_SEED = 20261124
_REGULARISATION = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """One question's candidates: the place of the right one, and the features of all."""

    chunk_id: str  # of the article that answers
    right: int  # -1: not among the candidates
    features: FloatMatrix

    @property
    def fold(self) -> int:
        """Which fifth of the articles it belongs to."""
        return zlib.crc32(self.chunk_id[::-1].encode()) % _FOLDS


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("kb.rerank.train", "用题库训练重排权重")
    console.add_kb(arguments, settings)
    arguments.add_argument("--model", default=settings.embedding_model, help="收集特征时用的向量模型")
    options = arguments.parse_args()
    bank = read_bank()
    kept_back = [question for question in bank if question.is_validation]
    catalogue, embedder = Catalogue(options.kb), load_embedder(options.model)
    whole = Retriever(catalogue, embedder, bank)
    found = examples(whole, kept_back)
    bare = Retriever(catalogue, embedder, [question for question in bank if not question.is_validation])
    lonely = examples(bare, kept_back)
    report = {
        "embedding_model": embedder.name,
        "questions": len(kept_back),
        "articles": len({question.chunk_id for question in kept_back}),
        "seed": _SEED,
        "hits_five_fold": cross_validated(found, found),
        "hits_five_fold_articles_without_bank_questions": cross_validated(found, lonely),
    }
    weights = fit(found)
    stored = {
        "weights": {name: round(float(weight), 4) for name, weight in zip(NAMES, weights, strict=True)},
        "least_cosine": LEAST_COSINE,
        "trained": report,
    }
    FILE.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


def examples(retriever: Retriever, questions: Sequence[BankQuestion]) -> list[Example]:
    """Return an example per question; `right` is -1 where the article is not among the candidates."""
    found: list[Example] = []
    for question in questions:
        query = Query(question.question, 10, date.today())
        gathered = retriever.gather(query, leave_out=question.question)
        candidates = retriever.candidates(gathered)
        names = [candidate.chunk.chunk_id for candidate in candidates]
        right = names.index(question.chunk_id) if question.chunk_id in names else -1
        features = retriever.features(question.question, gathered, candidates)
        found.append(Example(question.chunk_id, right, features))
    return found


def cross_validated(learning: Sequence[Example], measured: Sequence[Example]) -> dict[str, float]:
    """Return hit@1, hit@5, hit@10 over five folds of articles: learned without, measured on each."""
    ranks: list[int] = []
    for fold in range(_FOLDS):
        weights = fit([example for example in learning if example.fold != fold])
        ranks += [rank(example, weights) for example in measured if example.fold == fold]
    return {f"hit@{k}": round(float(np.mean([place < k for place in ranks])), 3) for k in (1, 5, 10)}


def rank(example: Example, weights: NDArray[np.float32]) -> int:
    """Return the place, counted from 0, the right candidate gets; past the end if it is none."""
    if example.right < 0:
        return len(example.features) + 1_000
    order = np.argsort(-(example.features @ weights), kind="stable")
    return int(np.flatnonzero(order == example.right)[0])


def fit(found: Sequence[Example]) -> NDArray[np.float32]:
    """Return the weights under which the right candidates come before the others, (len(NAMES),)."""
    chance = np.random.default_rng(_SEED)
    differences: list[FloatMatrix] = []
    for example in found:
        if example.right < 0:
            continue
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


if __name__ == "__main__":
    console.run(main)
