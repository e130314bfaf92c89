"""Learn when to refuse: `python -m assistant.calibrate --kb STATUTES --guides GUIDES`.

Answerable questions are the bank's validation questions, each left out of the bank while it is asked;
unanswerable ones are `kb/bank/unanswerable/questions.jsonl`. The threshold is the highest that refuses at
most one answerable question in twenty (of the guides' one in a hundred). For the guides the answerable ones are every fourth phrase of each;
GUIDES is a knowledge base made of guides without them (`--hold-out DIR` writes such guides). The figures are five-fold, by article or guide.
"""

import json
import re
import sys
import zlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.evidence import FILE
from kb import console
from kb.bank import FOLDER, read_bank
from kb.cards.guides import Guide, read_guides
from kb.catalogue import Catalogue
from kb.embed import load_embedder
from kb.errors import SettingsError
from kb.evidence import NAMES
from kb.retrieve import Query, Retriever
from kb.settings import Settings

_FALSE_REFUSALS = 0.05
_GUIDES_REFUSED = 0.01  # who needs a guide must not be sent away
_FOLDS = 5
_PHRASE_STEP = 4
_OF_FIRST = np.array([name.startswith("first_") for name in NAMES])
_GUIDE_FIRST = NAMES.index("first_level_guide")


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("assistant.calibrate", "用题库校准拒答阈值")
    console.add_kb(arguments, settings)
    arguments.add_argument("--guides", type=Path, help="由 --hold-out 写出的卡片建成的知识库目录")
    arguments.add_argument("--hold-out", type=Path, help="写出去掉四分之一问法的卡片，然后退出")
    arguments.add_argument("--model", default=settings.embedding_model, help="收集法规信号时用的向量模型")
    options = arguments.parse_args()
    guides = read_guides(settings.starter_dir / "guides")
    if options.hold_out:
        _write_without(settings.starter_dir / "guides", guides, options.hold_out)
        return 0
    if not options.guides:
        raise SettingsError(
            "请用 --guides 给出卡片知识库：先用 --hold-out 写出卡片，再用 python -m ingest 建库"
        )
    bank = read_bank()
    statutes = Catalogue(options.kb), load_embedder(options.model)
    cards = Catalogue(options.guides), load_embedder(settings.embedding_model)
    asked = [(question.chunk_id, question.question) for question in bank if question.is_validation]
    phrases = [(guide.id, phrase) for guide in guides for phrase in guide.phrases[::_PHRASE_STEP]]
    lines = (FOLDER / "unanswerable" / "questions.jsonl").read_text("utf-8").splitlines()
    unanswerable = [json.loads(line)["question"] for line in lines]
    stored = {
        "with_bank": _learned(Retriever(*statutes, bank), asked, unanswerable),
        "without_bank": _learned(Retriever(*statutes, ()), asked, unanswerable),
        "guides": _learned(Retriever(*cards, ()), phrases, unanswerable, only=_GUIDE_FIRST),
    }
    FILE.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(FILE.read_text("utf-8"))
    return 0


def _write_without(folder: Path, guides: Sequence[Guide], target: Path) -> None:
    """Copy the guides, every `_PHRASE_STEP`th phrase left out."""
    target.mkdir(parents=True, exist_ok=True)
    for guide in guides:
        text = (folder / f"{guide.id}.md").read_text("utf-8")
        for phrase in guide.phrases[::_PHRASE_STEP]:
            text = re.sub(rf"^  - ['\"]?{re.escape(phrase)}['\"]?[ \t]*\n", "", text, count=1, flags=re.M)
        (target / f"{guide.id}.md").write_text(text, "utf-8")


def _learned(
    retriever: Retriever,
    answerable: Sequence[tuple[str, str]],
    unanswerable: Sequence[str],
    only: int | None = None,
) -> dict[str, Any]:
    """Return one model.

    Args:
        retriever: what is asked.
        answerable: (article or guide that answers, question).
        unanswerable: questions nothing answers.
        only: learn from the questions for which this signal is not 0.
    """
    rows = _signals(retriever, [question for _, question in answerable] + list(unanswerable))
    labels = np.repeat([1, 0], [len(answerable), len(unanswerable)])
    groups = [name for name, _ in answerable] + list(unanswerable)
    folds = np.asarray([zlib.crc32(name.encode()) % _FOLDS for name in groups])
    if only is not None:
        rows[:, _OF_FIRST] *= (
            np.arange(len(NAMES))[_OF_FIRST] == only
        )  # what the guide itself looks like says little
        kept = rows[:, only] != 0
        rows, labels, folds = rows[kept], labels[kept], folds[kept]
    counted = {"answerable": int(labels.sum()), "unanswerable": int((1 - labels).sum())}
    return counted | _calibrated(rows, labels, folds, _FALSE_REFUSALS if only is None else _GUIDES_REFUSED)


def _calibrated(
    rows: NDArray[np.float64], labels: NDArray[np.int64], folds: NDArray[np.int64], refused: float
) -> dict[str, Any]:
    """Return weights, bias and threshold, with the five-fold figures they come from; folds are by article."""
    held_out = _held_out(rows, labels, folds)
    threshold = float(np.quantile(held_out[labels == 1], refused))
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
