"""The one-writer lock of a knowledge base: two writers would break the dense index for good."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import KnowledgeBaseError, LockedError


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the knowledge base in `folder` for writing; the system frees it if the process dies.

    Raises:
        LockedError: if another process is writing; names its process id.
        KnowledgeBaseError: if the folder cannot be written to.
    """
    holder = folder / "writer.pid"
    lock = FileLock(folder / "writer.lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        process = holder.read_text("utf-8").strip() if holder.is_file() else "未知"
        raise LockedError(
            f"知识库 {folder} 正被另一个进程（进程号 {process}）写入。等它结束后再试；查询不受影响"
        ) from error
    except OSError as error:
        raise KnowledgeBaseError(
            f"知识库目录 {folder} 不可写：{error.strerror}。请检查权限或换一个 --kb 目录"
        ) from error
    try:
        holder.write_text(str(os.getpid()), "utf-8")
        yield
    finally:
        lock.release()
