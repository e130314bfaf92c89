"""The one configuration object. Environment prefix ANWEN_, also read from `.env`."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import SettingsError

_OFFLINE = {
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "true",
}
DEFAULT_KB = Path("data/kb")


class Settings(BaseSettings):
    """Every knob, with its default. Read once in a main and passed down as plain values."""

    model_config = SettingsConfigDict(env_prefix="ANWEN_", env_file=".env", frozen=True, extra="ignore")

    kb_dir: Path = Field(DEFAULT_KB, description="知识库目录")
    starter_dir: Path = Field(Path(__file__).parent.parent / "starter", description="自带知识目录")
    embedding_model: str | None = Field(
        None, description="sentence-transformers 目录或模型名；留空用自带的静态模型"
    )
    reranker_model: str | None = Field(None, description="交叉编码器（精排模型）的目录或模型名；留空不用")
    llm_provider: Literal["openai", "ollama"] = Field(
        "openai", description="大模型接口：openai（含各种兼容服务）或 ollama"
    )
    llm_base_url: str = Field("", description="大模型服务地址，如 http://127.0.0.1:8000/v1")
    llm_model: str = Field("", description="大模型名称；留空不用大模型，只摘录原文")
    llm_api_key: SecretStr = Field(SecretStr(""), description="大模型服务的密钥")
    llm_timeout: float = Field(60.0, gt=0, le=600, description="一次回答最多等多少秒")
    llm_retries: int = Field(1, ge=0, le=5, description="服务忙或断线时重试几次")
    region: str | None = Field(None, description="默认地区，如 河南省；留空只按全国规定回答")
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(7860, ge=1, le=65535, description="监听端口")
    pull_hosts: str = Field(
        "", description="允许拉取的内网主机（python -m ingest pull），逗号分隔，如 10.0.0.8,docs.corp:8080"
    )
    allowed_hosts: str = Field("", description="另外允许的访问域名，逗号分隔")
    embed_sites: str = Field(
        "", description="可以把问答小窗嵌进网页的其他网站，逗号分隔，如 https://www.example.cn"
    )
    trusted_proxies: str = Field("", description="反向代理的地址或网段，逗号分隔；只信它们转来的访问者地址")
    answers_per_minute: int = Field(60, ge=1, le=100_000, description="每个访问者地址每分钟最多几次问答")
    api_key: SecretStr = Field(SecretStr(""), description="/v1 接口的密钥；留空不要密钥")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="从别的机器读 /metrics 的口令；留空只许本机读"
    )


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsError: if a value in the environment or `.env` cannot be used; names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "ANWEN_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"配置项 {name} 的值 {first.get('input')!r} 不可用：{first['msg']}") from error


def seal_environment() -> None:
    """Keep every library from calling out: telemetry off, model hubs offline.

    Call it first in a main, before the libraries are imported. A value the user has set is left alone.
    """
    for name, value in _OFFLINE.items():
        os.environ.setdefault(name, value)
