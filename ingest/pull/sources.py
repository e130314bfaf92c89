"""Where official texts may be pulled from: the table in `ingest/sources.toml`, checked word by word."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError, model_validator

from kb.datatypes import Level
from kb.errors import SettingsError

SHIPPED = Path(__file__).parent.parent / "sources.toml"
DOCUMENTS = ("*.md", "*.txt", "*.html", "*.htm", "*.pdf", "*.docx", "*.doc", "*.xlsx", "*.ofd")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SCHEMES = {"git": ("https", "file"), "page": ("https", "http"), "feed": ("https", "http")}
_ONLY_FOR = {  # key -> the kinds of source it means something to
    "branch": ("git",),
    "commit": ("git",),
    "include": ("git",),
    "exclude": ("git",),
    "sha256": ("page",),
    "selectors": ("feed",),
    "limit": ("feed",),
    "hosts": ("feed",),
}

Text = Annotated[str, Field(min_length=1, max_length=500)]
Days = Annotated[StrictInt, Field(ge=0, le=365)]


class FeedSelectors(BaseModel):
    """CSS selectors that find the entries of a list page; `link` and `date` are looked for in an entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: Text
    link: Text = "a[href]"
    date: str = Field("", max_length=500)  # "": a date anywhere in the entry


class Source(BaseModel):
    """One place to pull from. `name` is the table's name in the file and the folder's name on disk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Literal["git", "page", "feed"]
    title: Text  # Chinese, for the report
    address: Text
    licence: Text
    enabled: StrictBool = True
    level: Level | None = None  # None: read from each text
    region: Annotated[str, Field(min_length=2, max_length=20)] | None = None
    include: tuple[Text, ...] = DOCUMENTS  # `*` also matches `/`
    exclude: tuple[Text, ...] = ()
    branch: str = Field("", pattern=r"^([A-Za-z0-9][A-Za-z0-9._/-]{0,99})?$")  # "": the default branch
    commit: str = Field("", pattern=r"^([0-9a-f]{40})?$")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    selectors: FeedSelectors | None = None
    limit: Annotated[StrictInt, Field(ge=1, le=200)] = 20  # newest entries of a list page
    hosts: tuple[Text, ...] = ()  # other hosts whose pages the list may name
    interval: Days = 7  # days between two visits; 0: every time
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not _NAME.fullmatch(self.name):
            raise ValueError("来源名只能用小写字母、数字和连字符，不超过40个字符")
        if urlsplit(self.address).scheme not in _SCHEMES[self.kind]:
            raise ValueError(f"address 要以 {_SCHEMES[self.kind][0]}:// 开头")
        if self.kind == "feed" and self.selectors is None:
            raise ValueError("kind 是 feed 时要写 selectors，说明列表里哪些是条目")
        for key in self.model_fields_set & _ONLY_FOR.keys():
            if self.kind not in _ONLY_FOR[key]:
                raise ValueError(f"{key} 只用于 kind 为 {'、'.join(_ONLY_FOR[key])} 的来源，请删掉")
        return self


def load_sources(path: Path = SHIPPED) -> tuple[Source, ...]:
    """Return the sources of a file, in its order, disabled ones included.

    Raises:
        SettingsError: if the file cannot be read or an entry cannot be used; names file, source and key.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"来源清单 {path} 打不开：{error.strerror}。请检查路径和权限") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"来源清单 {path} 不是有效的 TOML（要用 UTF-8 保存）：{error}") from error
    return tuple(_source(path, name, table) for name, table in tables.items())


def choose(sources: Sequence[Source], name: str | None) -> tuple[Source, ...]:
    """Return the source of that name, disabled or not; without a name, all that are enabled.

    Raises:
        SettingsError: if there is none of that name, or none is enabled.
    """
    known = "、".join(source.name for source in sources)
    if name is not None:
        chosen = tuple(source for source in sources if source.name == name)
        if not chosen:
            raise SettingsError(f"来源清单里没有 {name}。可用的来源：{known}")
        return chosen
    enabled = tuple(source for source in sources if source.enabled)
    if not enabled:
        raise SettingsError(f"来源清单里没有启用的来源。把 enabled 改为 true，或用 --source 指定：{known}")
    return enabled


def _source(path: Path, name: str, table: object) -> Source:
    if not isinstance(table, dict):
        raise SettingsError(f"来源清单 {path} 的 {name} 要写成 [{name}] 开头的一节")
    if "name" in table:
        raise SettingsError(f"来源清单 {path} 的 [{name}] 不要再写 name：方括号里的就是名字")
    try:
        return Source.model_validate({**table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = _chinese(first["type"], first["msg"], first.get("input"))
        raise SettingsError(f"来源清单 {path} 的 [{name}] {key}：{what}".replace(" ：", "：")) from error


def _chinese(kind: str, message: str, value: object) -> str:
    if kind == "missing":
        return "缺少这一项，请补上"
    if kind == "extra_forbidden":
        return "没有这一项，请检查拼写"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return f"值 {str(value)[:60]!r} 不可用（{message}）"
