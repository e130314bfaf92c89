"""The commands of `python -m eval`: arguments in, the text to print out. `__main__` opens what they need."""

import argparse
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from eval import answers, bench, peers
from eval.datasets import Question, read_questions
from eval.library import Library, all_chunks, chunks_in_force, keys
from eval.report import Report, markdown, score
from eval.runs import Answerer, Mode, RunOptions, run, write_run
from eval.stard import write_gold
from kb.datatypes import Chunk
from kb.errors import EvaluationError

_MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open knowledge base and what can be made from it, made only when a command needs it."""

    library: Library
    answerer: Callable[[], Answerer]
    asker: Callable[[], answers.Asker]
    judge: Callable[[], Callable[[str, str, str], answers.Rubric | None]]
    embedder: peers.Embedder
    reindex: Callable[[], float]  # makes both indexes again in a copy; returns the seconds it took


OpenKnowledgeBase = Callable[[Path | None], AbstractContextManager[Opened]]  # None: the default folder


def execute(arguments: Sequence[str] | None, open_kb: OpenKnowledgeBase) -> str:
    """Run one command and return what to print.

    Raises:
        AnwenError: if a file, the knowledge base or a peer cannot be used.
        SystemExit: if the arguments are wrong.
    """
    options = _parser().parse_args(arguments)
    text: str = options.command(options, open_kb)
    return text


def _retrieval(options: argparse.Namespace, open_kb: OpenKnowledgeBase) -> str:
    questions = read_questions(options.questions)
    modes = _MODES if options.all_modes else (options.mode,)
    with open_kb(options.kb) as opened:
        known = keys(chunks_in_force(opened.library, options.date))
        answerer = None if options.no_answers else opened.answerer()
        reports: list[Report] = []
        for mode in modes:
            outcomes = run(
                questions,
                opened.library,
                answerer if mode == modes[0] else None,  # answers do not depend on the mode: asked once
                RunOptions(mode, options.depth, options.date),
            )
            if options.run:
                write_run(_run_path(options.run, mode, options.all_modes), outcomes, f"anwen-{mode}")
            reports.append(score(questions, outcomes, known, mode))
    if options.json:
        return _json([r.to_json() for r in reports] if options.all_modes else reports[0].to_json())
    return markdown(reports)


def _answers(options: argparse.Namespace, open_kb: OpenKnowledgeBase) -> str:
    questions = read_questions(options.questions)
    with open_kb(options.kb) as opened:
        answered = answers.ask_all(questions, opened.asker())
        figures = answers.score(answered)
        if options.judge:
            figures |= answers.judged(answered, opened.judge())
    if options.rows:
        _write(
            options.rows,
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in answers.rows(answered)),
        )
    if options.write_baseline:
        _write(options.write_baseline, _json(figures) + "\n")
    if options.baseline and (fallen := answers.worse(figures, _read_json(options.baseline))):
        raise EvaluationError("比基线差：" + "；".join(fallen))
    if options.json:
        return _json(figures)
    return "\n".join(
        ["| 指标 | 值 |", "|---|---|", *(f"| {name} | {value} |" for name, value in figures.items())]
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise EvaluationError(f"写不了 {path}：{error}。请换一个可写的位置。") from error


def _read_json(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"读不了基线 {path}：{error}。请用 --write-baseline 重新写一份。") from error
    if not isinstance(value, dict):
        raise EvaluationError(f"基线 {path} 应是一个 JSON 对象。请用 --write-baseline 重新写一份。")
    return value


def _bench(options: argparse.Namespace, open_kb: OpenKnowledgeBase) -> str:
    contenders: list[Callable[[], peers.Peer]] = [peers.OkapiPeer, peers.Bm25sPeer]
    rivals = [make() for make in contenders]  # a missing package is said before any waiting
    with open_kb(options.kb) as opened:
        chunks = chunks_in_force(opened.library)
        sample = _sample(options.questions, chunks)
        systems = [bench.measure_ours(opened.library, sample, opened.reindex())]
        rivals.append(peers.ChromaPeer(opened.embedder))
        systems += [bench.measure_peer(rival, chunks, sample) for rival in rivals]
    result = bench.Bench(len(chunks), sample, tuple(systems))
    return _json(result.to_json()) if options.json else result.markdown()


def _stard_base(options: argparse.Namespace, open_kb: OpenKnowledgeBase) -> str:
    questions: list[Question] = read_questions(options.stard)
    known: frozenset[str] = frozenset()
    if options.kb:
        with open_kb(options.kb) as opened:
            known = keys(all_chunks(opened.library))
    written = write_gold(questions, known, options.out)
    lines = [f"已写出 {len(written.files)} 部法规、{written.articles} 条到 {options.out}。"]
    if written.partly_held:
        lines.append(
            f"注意：其中 {len(written.partly_held)} 部库中已有其他条文（{'、'.join(written.partly_held)}），"
            "没有日期的同名文本收入后只算旧版本，检索不到，评测仍计为缺失。"
        )
    return "\n".join([*lines, f"下一步：python -m ingest {options.out} --kb 知识库目录"])


def _sample(path: Path | None, chunks: Sequence[Chunk]) -> bench.Sample:
    return bench.sample_questions(read_questions(path)) if path else bench.known_items(chunks)


def _run_path(path: Path, mode: Mode, several: bool) -> Path:
    return path.with_name(f"{path.stem}.{mode}{path.suffix}") if several else path


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="检索与回答的评测")
    commands = parser.add_subparsers(required=True, metavar="命令")
    _add_retrieval(commands.add_parser("retrieval", help="检索评测：命中、召回、拒答、延迟"))
    _add_answers(commands.add_parser("answers", help="回答评测：引用、原文、数字、拒答、用时"))
    bench_parser = commands.add_parser("bench", help="与其他检索库在同一批条文、同一批题上对照")
    bench_parser.add_argument("--kb", type=Path, help="知识库目录")
    bench_parser.add_argument("--questions", type=Path, help="题集 JSONL；不给则由条文作题")
    bench_parser.add_argument("--json", action="store_true", help="输出 JSON")
    bench_parser.set_defaults(command=_bench)
    stard = commands.add_parser(
        "stard-base", help="把 STARD 的标准答案条文写成 Markdown，供 python -m ingest"
    )
    stard.add_argument("--stard", type=Path, required=True, help="stard.jsonl")
    stard.add_argument("--out", type=Path, required=True, help="写到哪个目录")
    stard.add_argument("--kb", type=Path, help="只写这个知识库没有的条文")
    stard.set_defaults(command=_stard_base)
    return parser


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kb", type=Path, help="知识库目录")
    parser.add_argument("--questions", type=Path, required=True, help="题集 JSONL")
    parser.add_argument("--rows", type=Path, help="把每题的引用写成 JSONL")
    parser.add_argument("--judge", action="store_true", help="再用配置的大模型按五项打分")
    parser.add_argument("--baseline", type=Path, help="与这份基线比较，变差则退出码为 1")
    parser.add_argument("--write-baseline", type=Path, help="把结果写成基线")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(command=_answers)


def _add_retrieval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kb", type=Path, help="知识库目录")
    parser.add_argument("--questions", type=Path, required=True, help="题集 JSONL")
    parser.add_argument("--run", type=Path, help="把名次写成 TREC 运行文件")
    parser.add_argument("--mode", choices=_MODES, default="hybrid", help="检索方式")
    parser.add_argument("--all-modes", action="store_true", help="三种检索方式并排；拒答只在第一种测")
    parser.add_argument("--no-answers", action="store_true", help="只测检索，不问助手；拒答两项为空")
    parser.add_argument("--depth", type=_depth, default=10, help="每题取多少条（至少 10）")
    parser.add_argument("--date", type=date.fromisoformat, help="按哪一天的现行版本，如 2026-11-24")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(command=_retrieval)


def _depth(text: str) -> int:
    depth = int(text)
    if depth < 10:
        raise argparse.ArgumentTypeError("至少 10，否则 hit@10 等指标没有意义")
    return depth
