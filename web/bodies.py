"""Bodies of requests as ASGI messages: read whole, given again, counted as they pass."""

from starlette.types import Message, Receive


async def read(receive: Receive, limit: int) -> bytes | None:
    """Return the whole request body, or None once it passes `limit` bytes, whatever its header said."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body.extend(message.get("body", b""))
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def counted(receive: Receive, limit: int) -> Receive:
    """Return a receive that breaks the connection off once a body passes `limit` bytes."""
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return counted


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body once, then whatever the connection says next."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
