"""A chat-completions server on 127.0.0.1 that answers as a script says: well, late, broken or not at all."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the server does with one request."""

    pieces: Sequence[str] = ()  # of the answer, one event each
    reasoning: Sequence[str] = ()  # sent before them as reasoning_content
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | bytes | None = None  # sent as it stands instead of a stream
    wait: float = 0.0  # seconds before the first byte
    pause: float = 0.0  # seconds after each event
    comments: int = 0  # keep-alive lines sent before the first piece, a pause after each
    ending: str = "done"  # "done", "cut" (breaks the chunked body off) or "quiet" (just stops sending)


def good(text: str, size: int = 7) -> Reply:
    """Return a reply that streams a text in pieces of so many characters."""
    return Reply([text[start : start + size] for start in range(0, len(text), size)])


def event(content: object, name: str = "content") -> str:
    """Return one event of a stream as a server writes it."""
    choice = {"index": 0, "delta": {"role": "assistant", name: content}, "finish_reason": None}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


class ChatServer:
    """Plays a script and keeps the requests. The last reply of the script is repeated."""

    def __init__(self, script: Sequence[Reply] | Callable[[Request], Reply]) -> None:
        self._script = script
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self.requests: list[Request] = []
        self.keys: list[str] = []
        self.url = ""

    def next_reply(self, request: Request, key: str) -> Reply:
        with self._lock:
            self.requests.append(request)
            self.keys.append(key)
            turn = len(self.requests) - 1
        if callable(self._script):
            return self._script(request)
        return self._script[min(turn, len(self._script) - 1)]

    def told(self) -> str:
        """Return all that the last request told the model."""
        return "\n".join(str(message["content"]) for message in self.requests[-1]["messages"])


@contextmanager
def serving(script: Sequence[Reply] | Callable[[Request], Reply]) -> Iterator[ChatServer]:
    """Run a server for the length of a with block."""
    chat = ChatServer(script)

    class Handler(_Handler):
        server_script = chat

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    chat.url = f"http://127.0.0.1:{httpd.server_port}"
    try:
        yield chat
    finally:
        chat.closing.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_script: ChatServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.server_script.next_reply(request, self.headers.get("Authorization", ""))
        self.close_connection = True
        try:
            self._pause(reply.wait)
            if reply.body is not None:
                self._whole(reply)
            else:
                self._stream(reply, _ollama if self.path == "/api/chat" else event)
        except ConnectionError:  # the client hung up, as it should after its timeout
            pass

    def _whole(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else (reply.body or "").encode()
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply, written: Callable[[str], str]) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        if reply.ending != "quiet":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(reply.comments):
            self._send(": keep-alive\n\n", reply)
        for piece in reply.reasoning:
            self._send(event(piece, "reasoning_content"), reply)
        for piece in reply.pieces:
            self._send(written(piece), reply)
        if reply.ending == "done":
            self._send("data: [DONE]\n\n" if written is event else _ollama("", done=True), reply)
            self.wfile.write(b"0\r\n\r\n")

    def _send(self, text: str, reply: Reply) -> None:
        data = text.encode()
        framed = data if reply.ending == "quiet" else f"{len(data):x}\r\n".encode() + data + b"\r\n"
        self.wfile.write(framed)
        self.wfile.flush()
        self._pause(reply.pause)

    def _pause(self, seconds: float) -> None:
        if seconds and self.server_script.closing.wait(seconds):
            raise ConnectionAbortedError("the test is over")

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


def _ollama(content: str, *, done: bool = False) -> str:
    line = {"model": "m", "created_at": "2024-05-06T00:00:00Z", "done": done}
    message = {"role": "assistant", "content": content}
    reason = {"done_reason": "stop"} if done else {}
    return json.dumps({**line, "message": message, **reason}, ensure_ascii=False) + "\n"


def stream(*events: str) -> Reply:
    """Return a reply that sends these events as they stand."""
    return Reply(body="".join(events), headers={"Content-Type": "text/event-stream"})


LATE = {
    "no first byte": Reply(["迟了。"], wait=30),
    "a stop in the middle": Reply(["屋顶花园的", "主人"], pause=30),
    "a trickle": Reply(["慢"] * 300, pause=0.1),
    "reasoning without end": Reply([], reasoning=["想"] * 300, pause=0.1),
    "keep-alive lines only": Reply(["迟了。"], comments=300, pause=0.1),
    "told to come back later": Reply(status=429, headers={"Retry-After": "3"}, body="{}"),
}

FAILURES = {
    "cut off": Reply(["屋顶花园的主人应当每月检查一次护栏。[1]\n", "护栏没"], ending="cut"),
    "429 always": Reply(status=429, body='{"error": {"message": "太忙"}}'),
    "500": Reply(status=500, body="内部错误"),
    "503 with a page": Reply(status=503, body="<html><body>维护</body></html>", headers={"Content-Type": "text/html"}),
    "404": Reply(status=404, body='{"error": {"message": "no such model"}}'),
    "400 too long": Reply(status=400, body='{"error": {"message": "maximum context length", "code": "context_length_exceeded"}}'),
    "a page instead of an answer": Reply(body="<html>请先登录</html>", headers={"Content-Type": "text/html"}),
    "one JSON object instead of a stream": Reply(body='{"choices": [{"message": {"content": "护栏"}}]}'),
    "broken JSON": stream("data: {\"id\": \"c1\", \"choices\": [{]}\n\n"),
    "a number instead of an object": stream("data: 7\n\n"),
    "a list instead of an object": stream("data: []\n\n"),
    "an error in the stream": stream('data: {"error": {"message": "显存不足", "code": 500}}\n\n'),
    "no choices": stream('data: {"id": "c1", "choices": []}\n\n', "data: [DONE]\n\n"),
    "choices are null": stream('data: {"id": "c1", "choices": null}\n\n'),
    "delta is null": stream('data: {"id": "c1", "choices": [{"index": 0, "delta": null}]}\n\n', "data: [DONE]\n\n"),
    "content is null": stream(event(None), "data: [DONE]\n\n"),
    "content is a number": stream(event(7), "data: [DONE]\n\n"),
    "content is an object": stream(event({"a": 1}), "data: [DONE]\n\n"),
    "not UTF-8": Reply(body=b"data: \xff\xfe\n\n", headers={"Content-Type": "text/event-stream"}),
    "nothing": Reply(["", ""]),
    "white space": Reply(["  ", "\n\n", " "]),
    "reasoning only": Reply(["<think>护栏每月检查", "一次。</think>"]),
    "reasoning that never ends": Reply(["<think>护栏每月检查", "一次。[1]"]),
    "no events": stream(""),
}  # fmt: skip
