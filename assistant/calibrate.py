"""Learn when to refuse: `python -m assistant.calibrate --kb DIR`.

Answerable questions are the bank's validation questions, each left out of the bank while it is asked;
unanswerable ones are `kb/bank/unanswerable/questions.jsonl`. The threshold is the highest that refuses at
most one answerable question in twenty. The figures are five-fold.
"""

import json
import sys
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.evidence import FILE
from kb import console
from kb.bank import FOLDER, read_bank
from kb.catalogue import Catalogue
from kb.embed import load_embedder
from kb.evidence import NAMES
from kb.retrieve import Query, Retriever
from kb.settings import Settings

_FALSE_REFUSALS = 0.05
_FOLDS = 5


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("assistant.calibrate", "用题库校准拒答阈值")
    console.add_kb(arguments, settings)
    arguments.add_argument("--model", default=settings.embedding_model, help="收集信号时用的向量模型")
    options = arguments.parse_args()
    bank = read_bank()
    catalogue, embedder = Catalogue(options.kb), load_embedder(options.model)
    answerable = [question.question for question in bank if question.is_validation]
    lines = (FOLDER / "unanswerable" / "questions.jsonl").read_text("utf-8").splitlines()
    unanswerable = [json.loads(line)["question"] for line in lines]
    labels = np.repeat([1, 0], [len(answerable), len(unanswerable)])
    articles = [question.chunk_id for question in bank if question.is_validation]
    folds = np.asarray([zlib.crc32(name.encode()) % _FOLDS for name in (*articles, *unanswerable)])
    stored: dict[str, Any] = {"answerable": len(answerable), "unanswerable": len(unanswerable)}
    for name, questions in (("with_bank", bank), ("without_bank", ())):
        retriever = Retriever(catalogue, embedder, questions)
        rows = _signals(retriever, [*answerable, *unanswerable])
        stored[name] = _calibrated(rows, labels, folds)
    FILE.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(FILE.read_text("utf-8"))
    return 0


def _calibrated(
    rows: NDArray[np.float64], labels: NDArray[np.int64], folds: NDArray[np.int64]
) -> dict[str, Any]:
    """Return weights, bias and threshold, with the five-fold figures they come from; folds are by article."""
    held_out = _held_out(rows, labels, folds)
    threshold = float(np.quantile(held_out[labels == 1], _FALSE_REFUSALS))
    weights, bias = _fit(rows, labels)
    return {
        "weights": dict(zip(NAMES, (round(float(w), 4) for w in weights), strict=True)),
        "bias": round(bias, 4),
        "threshold": round(threshold, 4),
        "false_refusal_five_fold": round(float((held_out[labels == 1] < threshold).mean()), 3),
        "refusal_recall_five_fold": round(float((held_out[labels == 0] < threshold).mean()), 3),
    }


def _signals(retriever: Retriever, questions: Sequence[str]) -> NDArray[np.float64]:
    today = date.today()
    rows = [retriever.signals(Query(text, 10, today), leave_out=text).values for text in questions]
    return np.asarray(rows)


def _fit(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Return weights and bias; each signal is scaled to unit spread while learning."""
    scale = rows.std(axis=0)
    scale[scale == 0] = np.inf  # a signal that never varies gets no weight
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5_000).fit(rows / scale, labels)
    return model.coef_[0] / scale, float(model.intercept_[0])


def _held_out(
    rows: NDArray[np.float64], labels: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return each question's probability under a model that has not seen its article."""
    found = np.zeros(len(labels))
    for fold in range(_FOLDS):
        weights, bias = _fit(rows[folds != fold], labels[folds != fold])
        found[folds == fold] = 1 / (1 + np.exp(-bias - rows[folds == fold] @ weights))
    return found


if __name__ == "__main__":
    console.run(main)
