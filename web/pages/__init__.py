"""The pages beside the chat: drawn on the server from templates, each with a small script of its own.

    frame       the templates and what every page shares
    lookup      查条文: search, tables of contents, versions side by side
    duties      企业职责: five questions, the enterprise's own checklist
    inspect     现场检查: inspection sheets that work without a connection
    learn       科普课堂: guides, warning signals, quiz, poster, household plan
    emergency   the numbers and the cards, without any script
    share       a question's answer as a file, the table of regions, the page other sites show in a frame
    admin       知识库: uploads, corrections, reports, feedback, backup

They work without scripts where they can, and load in a fraction of Gradio's time; the chat stays with Gradio,
which streams answers.
"""

from fastapi import FastAPI

from web.pages import admin, duties, emergency, inspect, learn, lookup, share


def include_pages(app: FastAPI) -> None:
    """Add every page beside the chat. `app.state.services` holds what they stand on."""
    for part in (emergency, lookup, duties, inspect, learn, share, admin):
        app.include_router(part.router, include_in_schema=False)
