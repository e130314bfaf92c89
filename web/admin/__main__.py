"""`python -m web.admin reset-password`: a new password, set on the machine itself."""

import argparse
import getpass
import logging
import sys

from kb import console
from kb.errors import SettingsError
from kb.settings import Settings
from web.admin.vault import LEAST, Vault


def main(settings: Settings) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m web.admin", description="知识库管理的口令")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    reset = commands.add_parser("reset-password", help="重设管理口令；已登录的都要重新登录")
    reset.add_argument(
        "--kb", default=settings.kb_dir, type=type(settings.kb_dir), metavar="目录", help="知识库目录"
    )
    reset.add_argument("--code", action="store_true", help="不设口令，改为打印一次性设置码，在网页上设")
    options = parser.parse_args()
    vault = Vault(options.kb)
    if options.code:
        vault.forget()
        print(f"旧口令已作废。打开 /admin，用这个一次性设置码设新口令：{vault.code()}")
        return 0
    password = getpass.getpass(f"新口令（至少 {LEAST} 个字符）：")
    if password != getpass.getpass("再输一遍："):
        raise SettingsError("两次输入的口令不一样，没有改动。请重新运行")
    vault.set(password)
    print("口令已重设，已登录的都要重新登录")
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    console.run(main)
