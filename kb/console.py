"""What every command line of this project does alike: quiet libraries, Chinese errors, exit codes."""

import argparse
import logging
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kb.errors import AnwenError
from kb.settings import Settings, read_settings, seal_environment


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: str | None, actions: object, groups: object, prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or "用法：")  # type: ignore[arg-type]


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """Return an argument parser that speaks Chinese."""
    return argparse.ArgumentParser(
        prog=f"python -m {program}", description=description, formatter_class=_Formatter
    )


def add_kb(arguments: argparse.ArgumentParser, settings: Settings) -> None:
    """Add the option every command shares."""
    arguments.add_argument(
        "--kb", type=Path, default=settings.kb_dir, metavar="目录", help="知识库目录（默认 %(default)s）"
    )
    arguments.add_argument("--json", action="store_true", help="输出 JSON")


def add_question_options(arguments: argparse.ArgumentParser, settings: Settings) -> None:
    """Add the options of commands that ask something: date and region."""
    arguments.add_argument("--date", type=day, metavar="年-月-日", help="按哪一天有效的规定（默认今天）")
    arguments.add_argument(
        "--region", default=settings.region, metavar="地区", help="提问者所在地区，如 河南省"
    )


def day(text: str) -> date:
    """Return the date written as YYYY-MM-DD.

    Raises:
        argparse.ArgumentTypeError: if it is no such date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"日期 {text!r} 不对，应写成 2024-11-01 这样") from error


def run(main: Callable[[Settings], int]) -> None:
    """Run a command and leave with its exit code; what this project refuses is told without a traceback."""
    seal_environment()
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    try:
        code = main(read_settings())
        sys.stdout.flush()
    except AnwenError as error:
        sys.stderr.write(f"错误：{error}\n")
        code = 1
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断。已完成的部分都已保存，再运行一次会接着做\n")
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 141
    sys.exit(code)
