"""Every longer text the project says, as Markdown templates, and their strict loader."""

import string
from pathlib import Path

from kb.errors import PromptError

_FOLDER = Path(__file__).parent


def load(name: str, **fields: str) -> str:
    """Return the template `name`.md with its {fields} filled in.

    Field values are data: braces inside them are left alone.

    Raises:
        PromptError: if the template is missing, or its fields and the given ones differ.
    """
    path = _FOLDER / f"{name}.md"
    if not path.is_file():
        raise PromptError(f"缺少提示模板 {path}")
    template = path.read_text("utf-8").strip()
    wanted = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
    if wanted != fields.keys():
        raise PromptError(
            f"模板 {path.name} 需要字段 {sorted(wanted)}，收到 {sorted(fields)}；请改模板或改调用处"
        )
    return template.format(**fields)
