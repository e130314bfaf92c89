"""What the tests of fetching send and look at."""

PAGE = "<html><body><p>有限空间作业要先通风。</p></body></html>".encode()


BIG = bytes(range(256)) * 400  # 102,400 bytes


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def begun(folder):
    return [path for path in folder.iterdir() if path.suffix == ".part"]


def cut(site, path, body, after, **headers):
    """The first request breaks off; later ones are served, from where they ask if the file is the same."""
    tries = []

    def answer(handler):
        tries.append(1)
        asked = handler.headers.get("Range")
        if asked and handler.headers.get("If-Range") == headers.get("ETag"):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            rest = body[start:]
        else:
            handler.send_response(200)
            rest = body
        handler.send_header("Content-Type", "application/pdf")
        handler.send_header("Content-Length", str(len(rest)))
        handler.send_header("Accept-Ranges", "bytes")
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if len(tries) == 1:
            handler.wfile.write(rest[:after])
            handler.wfile.flush()
            handler.close_connection = True
        else:
            handler.wfile.write(rest)

    site.routes[path] = answer
