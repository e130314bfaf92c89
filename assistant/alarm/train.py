"""Learn the danger alarm: `python -m assistant.alarm.train`.

In danger: the phrases of the guides on acute situations that do not ask about prevention, and the sentences
marked so in `training.jsonl` and in the triage's labelled cases. Calm: the other guides' phrases, the sentences
marked so, and questions of the bank and of the unanswerable set. The figures are five-fold over the sentences.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from assistant.alarm import BUCKETS, FILE, buckets
from assistant.triage import Triage
from kb import console
from kb.bank import FOLDER as BANK
from kb.bank import read_bank
from kb.cards.guides import Guide, read_guides
from kb.embed import load_embedder
from kb.settings import Settings

_SENTENCES = Path(__file__).with_name("training.jsonl")
_CASES = Path(__file__).parents[2] / "tests" / "assistant" / "triage_cases.jsonl"
_SEED = 20261124
_BANK_QUESTIONS = 6_000
_SENTENCE_WEIGHT = 3.0  # of a sentence labelled by hand, beside a phrase
_REGULARISATION = {"danger": 5.0, "guides": 20.0}
# Guides to prepare, report or recover by: nobody who reads them first is in danger now.
_CALM = frozenset(
    [
        "aed-use",
        "call-for-help",
        "cold-wave",
        "dangerous-goods-parcel",
        "descent-device-use",
        "disaster-relief",
        "drowning-child-summer",
        "earthquake-after",
        "ebike-crash",
        "emergency-kit",
        "evacuation-order",
        "extinguisher-use",
        "family-plan",
        "fire-blanket-use",
        "fire-escape-plan",
        "fog-road",
        "good-samaritan",
        "hail",
        "haze",
        "heat-wave",
        "homestay",
        "hot-work",
        "hydrant-indoor-use",
        "icing-road",
        "missing-person-disaster",
        "power-outage",
        "psychological-aftercare",
        "refuse-unsafe-order",
        "report-110-122",
        "report-119",
        "report-120",
        "report-accident-unit",
        "report-hazard",
        "report-water-forest",
        "rumours",
        "sandstorm",
        "script-venue",
        "shelter-use",
        "smoke-hood-use",
        "stadium-event",
        "tourniquet-use",
        "warning-signal-use",
        "window-fall-child",
        "work-at-height",
        "work-injury-claim",
    ]
)
_NO_DANGER = re.compile(
    r"预防|平时|怎么选|多久|以后怎么|之后|事后|好不好|过期|如果|万一|怎么防|(?:可以|能)(?:用|买|放|装|养).{0,6}吗"
)


def main(settings: Settings) -> int:
    """Run the command."""
    console.parser("assistant.alarm.train", "训练险情判别模型").parse_args()
    guides = read_guides(settings.starter_dir / "guides")
    triage = Triage.load(settings.starter_dir, alarm=None)
    acute = [(phrase, guide.id) for guide in guides if guide.id not in _CALM for phrase in _acute(guide)]
    sentences = [
        json.loads(line) for path in (_SENTENCES, _CASES) for line in path.read_text("utf-8").splitlines()
    ]
    calm = [phrase for guide in guides if guide.id in _CALM for phrase in guide.phrases] + _questions()
    texts = [text for text, _ in acute] + [one["text"] for one in sentences] + calm
    labels = np.array([1] * len(acute) + [int(one["emergency"]) for one in sentences] + [0] * len(calm))
    weights = np.ones(len(texts))
    marked = slice(len(acute), len(acute) + len(sentences))
    weights[marked] = _SENTENCE_WEIGHT
    rows = _rows([triage.normalise(text) for text in texts])
    model = LogisticRegression(C=_REGULARISATION["danger"], max_iter=2_000)
    held_out = cross_val_predict(
        model, rows, labels, cv=StratifiedKFold(5, shuffle=True, random_state=_SEED),
        method="predict_proba", params={"sample_weight": weights},
    )[:, 1]  # fmt: skip
    model.fit(rows, labels, sample_weight=weights)
    which = LogisticRegression(C=_REGULARISATION["guides"], max_iter=500)
    which.fit(rows[: len(acute)], [guide for _, guide in acute])
    np.savez_compressed(
        FILE,
        danger=_stacked(model)[0].astype(np.float16),
        guides=_stacked(which).astype(np.float16),
        names=np.array([str(name) for name in which.classes_]),
    )
    sys.stdout.write(
        json.dumps(_figures(held_out[marked], labels[marked]), ensure_ascii=False, indent=1) + "\n"
    )
    return 0


def _acute(guide: Guide) -> list[str]:
    return [phrase for phrase in guide.phrases if not _NO_DANGER.search(phrase)]


def _questions() -> list[str]:
    bank = [question.question for question in read_bank()]
    chosen = np.random.default_rng(_SEED).choice(len(bank), _BANK_QUESTIONS, replace=False)
    lines = (BANK / "unanswerable" / "questions.jsonl").read_text("utf-8").splitlines()
    return [bank[place] for place in chosen] + [json.loads(line)["question"] for line in lines]


def _rows(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return the features of texts, (n, BUCKETS + dimension of the embedding)."""
    found = [buckets(text) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(places) for places, _ in found])
    values = np.repeat([value for _, value in found], [len(places) for places, _ in found])
    columns = np.concatenate([places for places, _ in found])
    hashed = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), BUCKETS))
    vectors = load_embedder(None).embed_documents([text or "空" for text in texts])
    return sparse.hstack([hashed, sparse.csr_matrix(vectors)]).tocsr()


def _stacked(model: LogisticRegression) -> NDArray[np.float64]:
    return np.hstack([model.coef_, model.intercept_[:, None]])


def _figures(chances: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, float]:
    return {
        f"{name}_at_{threshold}": round(float((chances[labels == label] >= threshold).mean()), 3)
        for threshold in (0.5, 0.7, 0.8, 0.9)
        for name, label in (("recall", 1), ("false_alarms", 0))
    }


if __name__ == "__main__":
    console.run(main)
