"""Read YAML strictly into pydantic records; every refusal names the file, the line and the remedy."""

from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from kb.errors import IngestError

T = TypeVar("T")

_LARGEST = 4 * 1024 * 1024  # bytes of one file: ours have some ten thousand
_REASONS = {
    "extra_forbidden": "不认识这个键，请删去或改正拼写",
    "missing": "缺少这个键，请补上",
    "literal_error": "不在允许的取值之中",
    "string_too_short": "不能是空的",
    "too_short": "项数不够",
    "string_pattern_mismatch": "写法不对",
    "string_type": "应是文字（号码要加引号）",
    "int_type": "应是整数",
    "list_type": "应是列表",
}


class Record(BaseModel):
    """A record nobody can change, which refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_min_length=1)


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice and aliases, which can blow a small file up to gigabytes.

    As in YAML 1.2 only true and false are truth values: `on` is a key like any other.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"键“{key.value}”写了两次", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="不能用 & 和 * 引用", problem_mark=self.get_mark())
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(kind: type[T], text: str, source: str) -> T:
    """Return the `kind` (a record, or a tuple of records) that a YAML text holds.

    Args:
        kind: a pydantic model or a container of them.
        text: the file's text.
        source: its path, for messages.

    Raises:
        IngestError: naming the source, the line and what is wrong.
    """
    if len(text) > _LARGEST:
        raise IngestError(f"{source}：文件太大（超过 4 MB）。请拆成几个文件。")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        value = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise IngestError(
            f"{source} 第{line}行：YAML 写法不对（{error.problem}）。请检查缩进、冒号和引号。"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise IngestError(f"{source}：YAML 读不懂（{error}）。请检查特殊字符、日期和缩进。") from error
    finally:
        loader.dispose()
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise IngestError("；".join(_explained(error, node, source))) from error


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        IngestError: if it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"{path}：读不出来（{error}）。请确认文件存在并以 UTF-8 保存。") from error


def _explained(error: ValidationError, node: yaml.Node | None, source: str) -> Iterator[str]:
    for problem in error.errors()[:5]:
        where = [part for part in problem["loc"] if isinstance(part, int | str)]
        name = ".".join(str(part) for part in where)
        reason = _REASONS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        expected = problem.get("ctx", {}).get("expected", "")
        yield f"{source} 第{_line(node, where)}行：{name} {reason}{f'（应为 {expected}）' if expected else ''}"


def _line(node: yaml.Node | None, where: Sequence[int | str]) -> int:
    """Return the line of the innermost node that `where` reaches."""
    for part in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), node)
    return node.start_mark.line + 1 if node else 1
