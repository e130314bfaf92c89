"""Every error this project raises on purpose.

    AnwenError
    ├── SettingsError      a setting or a command-line argument cannot be used
    ├── KnowledgeBaseError a knowledge base is missing, locked, broken or built differently
    │   ├── LockedError    another process is writing to it
    │   └── ModelMismatchError  it was built with another embedding model
    ├── ArticleNotFoundError  the law or the article is not in the knowledge base
    ├── IngestError        a file or folder cannot be read or understood
    ├── GenerationError    the chat model did not answer as it should
    ├── EvaluationError    a question set or a run cannot be scored
    └── PromptError        a prompt template or its fields are wrong

Messages are Chinese, name the thing (file, setting, law) and say what to do about it.
"""


class AnwenError(Exception):
    """Anything this project refuses or cannot do; the message is fit for the person at the keyboard."""


class SettingsError(AnwenError):
    """A setting or a command-line argument cannot be used."""


class KnowledgeBaseError(AnwenError):
    """A knowledge base is missing, locked, broken or built differently."""


class LockedError(KnowledgeBaseError):
    """Another process is writing to the knowledge base."""


class ModelMismatchError(KnowledgeBaseError):
    """The knowledge base was built with another embedding model."""


class ArticleNotFoundError(AnwenError):
    """The law or the article asked for is not in the knowledge base."""


class IngestError(AnwenError):
    """A file or folder cannot be read or understood."""


class GenerationError(AnwenError):
    """The chat model cannot be reached, took too long, or said nothing."""


class EvaluationError(AnwenError):
    """A question set or a run cannot be scored."""


class PromptError(AnwenError):
    """A prompt template or its fields are wrong."""
