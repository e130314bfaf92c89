"""The doors for other software: REST under /api, an OpenAI-compatible one under /v1.

Import from the module that holds the name (`from web.api.include import include`).
"""
