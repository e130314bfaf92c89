"""Train the shipped static embedding model from scratch on Markdown statutes and the question bank.

    python -m kb.embed.train DIR... --out kb/embed/weights

First on the statutes alone, then on the bank's questions too (`tune`). Contrastive: within a batch, each query must find its own document among all the others
(InfoNCE; van den Oord et al. 2018, arXiv:1807.03748). How much a word counts is learned with it,
in the length of its vector. The folder written is a sentence-transformers StaticEmbedding whose
rows are int8 with one scale each.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch.nn.functional import cross_entropy

from kb.bank import BankQuestion, read_bank
from kb.embed.corpus import Article, corpus_hash, read_articles
from kb.embed.lay import add_lay_words, read_lay_words, silent_pieces
from kb.embed.lessons import bank_hash, make_lessons
from kb.embed.pairs import Pair, PairSampler, TokenizedArticle, tokenize
from kb.embed.tune import TuningOptions, tune, unit_rows

logger = logging.getLogger(__name__)

UNKNOWN = "[UNK]"
_SHORTEST_ARTICLE = 20  # characters; shorter ones say "施行" or "删除" in a hundred laws
_CANDIDATE_PIECES = 32_000
_CANDIDATE_LENGTH = 8  # characters


@dataclass(frozen=True, slots=True)
class Options:
    """What decides the weights besides the texts."""

    dimension: int
    vocabulary: int  # pieces at most, single characters included
    piece_length: int  # characters of a piece at most
    passes: int
    batch: int = 2_048  # pairs; each pair's wrong answers are the other ones
    learning_rate: float = 2e-2  # falls to zero in a straight line
    temperature: float = 0.1  # cosines are divided by it
    mix: tuple[float, float, float] = (0.5, 0.12, 0.38)  # see PairSampler
    rarest: int = 3  # a piece seen less often gets the zero vector
    seed: int = 0


def train_tokenizer(articles: Sequence[Article], options: Options) -> Tokenizer:
    """Return a Unigram tokenizer (Kudo 2018, arXiv:1804.10959) of short pieces.

    Trained with long pieces, then cut to the likeliest short ones: 生产经营单位的 as one piece
    would share nothing with 单位. Every single character stays.
    """
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), "removed")
    trainer = trainers.UnigramTrainer(
        vocab_size=_CANDIDATE_PIECES,
        max_piece_length=_CANDIDATE_LENGTH,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        show_progress=False,
    )
    tokenizer.train_from_iterator((f"{a.heading}\n{a.text}" for a in articles), trainer=trainer)
    state = json.loads(tokenizer.to_str())
    pieces: list[tuple[str, float]] = state["model"]["vocab"]
    state["model"]["vocab"] = [pieces[0], *_short_pieces(pieces[1:], options)]
    shortened: Tokenizer = Tokenizer.from_str(json.dumps(state))
    return shortened


def _short_pieces(pieces: Sequence[tuple[str, float]], options: Options) -> list[tuple[str, float]]:
    """Return all single characters and the likeliest short pieces, likeliest first."""
    single = [piece for piece in pieces if len(piece[0]) == 1]
    several = [p for p in pieces if 1 < len(p[0]) <= options.piece_length and "的" not in p[0]]
    several.sort(key=lambda piece: (-round(piece[1], 6), piece[0]))
    kept = single + several[: max(0, options.vocabulary - 1 - len(single))]
    return sorted(kept, key=lambda piece: (-round(piece[1], 6), piece[0]))


def fit(articles: Sequence[TokenizedArticle], pieces: int, options: Options) -> NDArray[np.float32]:
    """Return the trained token vectors, (pieces, dimension); row 0, the unknown piece, is zero."""
    torch.manual_seed(options.seed)
    sampler = PairSampler(articles, options.mix, options.seed)
    bag = torch.nn.EmbeddingBag(pieces, options.dimension, mode="mean")
    torch.nn.init.normal_(bag.weight, std=0.1)
    optimizer = torch.optim.Adam(bag.parameters(), lr=options.learning_rate, betas=(0.9, 0.99), fused=True)
    size = min(options.batch, len(articles))
    steps = options.passes * (len(articles) // size)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    for number in range(options.passes):
        losses = []
        for pairs in sampler.batches(size):
            loss = _loss(bag, pairs, options.temperature)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        logger.info("pass %d of %d: loss %.3f", number + 1, options.passes, float(np.mean(losses)))
    vectors: NDArray[np.float32] = bag.weight.detach().numpy().copy()
    vectors[0] = 0
    return vectors


def _loss(bag: torch.nn.EmbeddingBag, pairs: Sequence[Pair], temperature: float) -> torch.Tensor:
    """Return the mean InfoNCE loss of both directions, query to document and back."""
    queries, documents = (unit_rows(bag, side) for side in zip(*pairs, strict=True))
    scores = queries @ documents.T / temperature
    own = torch.arange(len(pairs))
    return (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2


def count_pieces(articles: Sequence[TokenizedArticle], pieces: int) -> NDArray[np.int64]:
    """Return how often each piece occurs in headings and texts."""
    tokens = [part for article in articles for part in (article.heading, *article.clauses)]
    return np.bincount(np.concatenate(tokens), minlength=pieces)


def save(folder: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    """Write a folder that StaticEmbedder and sentence-transformers both load."""
    folder.mkdir(parents=True, exist_ok=True)
    scales = np.abs(vectors).max(axis=1) / 127
    scales[scales == 0] = 1
    rows = np.round(vectors / scales[:, None]).astype(np.int8)
    tensors = {"embeddings": rows, "weights": scales.astype(np.float32)}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # save_file leaves it to its owner alone
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), encoding="utf-8")
    package = "sentence_transformers.models"
    modules = [
        {"idx": 0, "name": "0", "path": ".", "type": f"{package}.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{package}.Normalize"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=1) + "\n", encoding="utf-8")


def train(
    articles: Sequence[Article],
    questions: Sequence[BankQuestion],
    folder: Path,
    options: Options,
    tuning: TuningOptions | None = None,
) -> None:
    """Train tokenizer and vectors and write them with a card that says what they are made of.

    Args:
        articles: of the statutes.
        questions: of the bank; without any there is no second stage.
        folder: where the model is written.
        options: of the first stage.
        tuning: of the second; None for the usual ones.
    """
    long_enough = [article for article in articles if len(article.text) >= _SHORTEST_ARTICLE]
    tokenizer, vectors = _first_stage(long_enough, options)
    card = asdict(options) | {"articles": len(long_enough), "corpus_sha256": corpus_hash(long_enough)}
    if questions:
        tuning = tuning or TuningOptions()
        vectors = _second_stage(tokenizer, vectors, (long_enough, questions), (options, tuning))
        card |= {
            "tuning": asdict(tuning),
            "questions": len(questions),
            "bank_sha256": bank_hash(questions),
            "trained_on_validation_questions": any(question.is_validation for question in questions),
        }
    save(folder, tokenizer, vectors)
    card["pieces"] = tokenizer.get_vocab_size()
    card["command"] = " ".join(["python -m kb.embed.train", *sys.argv[1:]])
    text = json.dumps(card, ensure_ascii=False, indent=1)
    (folder / "model-card.json").write_text(text + "\n", encoding="utf-8")


def _first_stage(articles: Sequence[Article], options: Options) -> tuple[Tokenizer, NDArray[np.float32]]:
    """Return tokenizer and vectors as the statutes and the lay words alone make them."""
    tokenizer = train_tokenizer(articles, options)
    pieces = tokenizer.get_vocab_size()
    logger.info("%d articles, %d pieces", len(articles), pieces)
    tokenized = tokenize(articles, tokenizer)
    vectors, counts = fit(tokenized, pieces, options), count_pieces(tokenized, pieces)
    vectors[counts < options.rarest] = 0
    return add_lay_words(tokenizer, vectors, counts, read_lay_words())


def _second_stage(
    tokenizer: Tokenizer,
    vectors: NDArray[np.float32],
    texts: tuple[Sequence[Article], Sequence[BankQuestion]],
    options: tuple[Options, TuningOptions],
) -> NDArray[np.float32]:
    """Return the vectors after the question bank; words that only mark a question stay at zero."""
    articles, questions = texts
    first, second = options
    lessons = make_lessons(questions, articles, tokenizer)
    sampler = PairSampler(tokenize(articles, tokenizer), first.mix, first.seed + 1)
    return tune(vectors, silent_pieces(tokenizer, read_lay_words()), lessons, sampler, second)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m kb.embed.train", description="训练自带的向量模型")
    parser.add_argument("corpus", nargs="+", type=Path, help="法规 Markdown 所在的文件夹")
    parser.add_argument("--out", required=True, type=Path, help="写到哪个文件夹")
    parser.add_argument("--dimension", type=int, default=256, help="向量维数")
    parser.add_argument("--vocabulary", type=int, default=14_000, help="词片数上限")
    parser.add_argument("--piece-length", type=int, default=3, help="词片最多几个字")
    parser.add_argument("--passes", type=int, default=10, help="法规通读几遍")
    parser.add_argument("--seed", type=int, default=0, help="随机种子")
    parser.add_argument(
        "--bank", choices=("all", "train", "none"), default="all", help="题库用全部、只用训练部分、不用"
    )
    options = vars(parser.parse_args(arguments))
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(2)
    folder, part = options.pop("out"), options.pop("bank")
    articles = read_articles(options.pop("corpus"))
    if not articles:
        parser.error("这些文件夹里没有带“第…条”的 Markdown 文件")
    questions = [q for q in read_bank() if part == "all" or (part == "train" and not q.is_validation)]
    train(articles, questions, folder, Options(**options))


if __name__ == "__main__":
    main()
