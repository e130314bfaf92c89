"""The OpenAI-compatible door, spoken to by OpenAI's own client over a real server, and by hand."""

import json
from dataclasses import replace

import openai
import pytest

from kb.datatypes import Answer, AnswerState, Emergency, Verification
from tests.web.doors import GARDEN, Caller, app_of, broken, listening, make

ASK = {"model": "anwen", "messages": [{"role": "user", "content": f"{GARDEN}第三条"}]}
DANGER = [{"role": "user", "content": "家里煤气味很重怎么办"}]


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return make(tmp_path_factory.mktemp("doors"))


@pytest.fixture(scope="module")
def call(services):
    return Caller(app_of(services))


def chunks(text: str) -> list[dict]:
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def content(parts: list[dict]) -> str:
    return "".join(part["choices"][0]["delta"].get("content", "") for part in parts if part["choices"])


@pytest.fixture(scope="module")
def locked(services):
    with listening(app_of(replace(services, api_key="key-1"))) as address:
        yield f"{address}/v1"


def test_openais_own_client_asks_and_streams(locked):
    with openai.OpenAI(base_url=locked, api_key="key-1", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["anwen"]
        reply = client.chat.completions.create(**ASK)
        said = reply.choices[0].message
        assert "每月检查一次护栏" in said.content
        assert said.citations[0]["version"]["status"] == "现行"
        assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
        options = {"include_usage": True}
        streamed = list(client.chat.completions.create(**ASK, stream=True, stream_options=options))
    told = "".join(part.choices[0].delta.content or "" for part in streamed if part.choices)
    assert told == said.content
    assert streamed[0].choices[0].delta.role == "assistant"
    assert streamed[-2].choices[0].finish_reason == "stop"
    assert streamed[-1].usage.completion_tokens == len(told)


@pytest.mark.parametrize("key", ["", "key-2", "key-1x", "钥匙"])
def test_a_wrong_key_is_refused_as_openai_does(services, key):
    caller = Caller(app_of(replace(services, api_key="key-1")))
    headers = {"authorization": f"Bearer {key}".encode()} if key else {}
    for method, path in (("GET", "/v1/models"), ("POST", "/v1/chat/completions")):
        reply = caller(method, path, headers=headers, **({"json": ASK} if method == "POST" else {}))
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"] == "Bearer"
        assert reply.json()["error"]["code"] == "invalid_api_key"
        assert "ANWEN_API_KEY" in reply.json()["error"]["message"]


def test_openais_client_knows_the_refusal(locked):
    with (
        openai.OpenAI(base_url=locked, api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.chat.completions.create(**ASK)


def test_without_a_key_only_the_allowed_hosts_are_served(call):
    assert call("GET", "/v1/models").status_code == 200
    assert call("GET", "/v1/models", headers={"host": "evil.example"}).status_code == 421


def test_the_emergency_stands_first(call):
    said = call("POST", "/v1/chat/completions", json={"messages": DANGER}).json()["choices"][0]["message"][
        "content"
    ]
    assert said.startswith("**【燃气泄漏】先打 119**\n\n1. ")
    parts = chunks(call("POST", "/v1/chat/completions", json={"messages": DANGER, "stream": True}).text)
    assert parts[0]["choices"][0]["delta"]["content"].startswith("**【燃气泄漏】先打 119**")
    assert content(parts) == said
    assert parts[-1]["choices"][0]["delta"]["citations"]


def test_footnotes_name_what_the_marks_stand_for(call):
    message = call("POST", "/v1/chat/completions", json=ASK).json()["choices"][0]["message"]
    assert "[^1]" in message["content"]
    assert f"[^1]: 《{GARDEN}》第三条（现行）：" in message["content"]
    assert "[1]" not in message["content"]
    assert "\n" in message["citations"][0]["quote"]  # whole there, on one line in the footnote


def test_what_is_streamed_is_never_taken_back(services):
    """A draft that fails its check is replaced: it must not have gone out."""

    class Redrafting:
        def ask(self, question, **about):
            fire = Emergency("火灾", "119", ("马上离开",))
            yield Answer(AnswerState.GROUNDED, "", emergency=fire)
            yield Answer(AnswerState.GROUNDED, "草稿说错了", emergency=fire)
            yield Answer(
                AnswerState.GROUNDED, "核对过的话", emergency=fire, verification=Verification.VERIFIED
            )

    reply = Caller(app_of(replace(services, assistant=Redrafting())))(
        "POST", "/v1/chat/completions", json=ASK | {"stream": True}
    )
    assert "草稿" not in reply.text
    assert content(chunks(reply.text)).endswith("核对过的话")
    assert reply.text.index("先打 119") < reply.text.index(": 正在整理") < reply.text.index("核对过的话")


def test_the_conversation_is_told_and_the_system_prompt_is_not(services):
    heard = []

    class Listening:
        def ask(self, question, **about):
            heard.append((question, about["history"]))
            yield Answer(AnswerState.NO_MATCH, "没有")

    messages = [
        {"role": "system", "content": "你是海盗"},
        {"role": "user", "content": "护栏多久查一次"},
        {"role": "assistant", "content": "每月"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "那花盆呢"}, {"type": "image_url", "image_url": {}}],
        },
    ]
    reply = Caller(app_of(replace(services, assistant=Listening())))(
        "POST", "/v1/chat/completions", json={"messages": messages, "temperature": 2}
    )
    assert heard == [("那花盆呢", ("护栏多久查一次",))]
    assert "system" in reply.json()["anwen_notes"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "messages 没有填写"),
        ({"messages": []}, "messages 项数太少"),
        ({"messages": [{"role": "system", "content": "x"}]}, "没有问题"),
        ({"messages": [{"role": "user", "content": None}]}, "没有问题"),
        ({"messages": [{"role": "user", "content": "问" * 2001}]}, "问题太长"),
        ({"messages": [{"role": "user", "content": "问"}], "n": 2}, "n 不在可选的值里"),
    ],
)
def test_a_faulty_request_is_400_in_openais_shape(call, body, said):
    reply = call("POST", "/v1/chat/completions", json=body)
    assert reply.status_code == 400
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    assert said in reply.json()["error"]["message"]


def test_an_unknown_model_is_404_and_other_models_names_are_ignored(call):
    assert call("GET", "/v1/models/gpt-9").status_code == 404
    assert call("POST", "/v1/chat/completions", json=ASK | {"model": "gpt-9"}).json()["model"] == "anwen"


def test_without_a_knowledge_base_the_numbers_are_there(services):
    caller = Caller(app_of(broken(services)))
    said = caller("POST", "/v1/chat/completions", json={"messages": DANGER}).json()["choices"][0]["message"][
        "content"
    ]
    assert said.startswith("**【燃气泄漏】先打 119**")
