"""The pages of the administration by what they are for.

    door       set the first password, log in and out, overview
    uploads    files in, what would come of them, bring in or give up; jobs
    documents  what is in the knowledge base, set right, taken out
    insight    test bench, feedback, figures, logs
    keeping    backup and restore

`reading` and `acting` make the routers: one dependency on each guards every route of it.
"""

from fastapi import APIRouter, Depends

from web.admin.gate import AdminRoute, admitted, checked


def reading() -> APIRouter:
    """Return a router whose every route needs a session."""
    return APIRouter(prefix="/admin", route_class=AdminRoute, dependencies=[Depends(admitted)])


def acting() -> APIRouter:
    """Return a router whose every route needs a session and the token of its form."""
    return APIRouter(prefix="/admin", route_class=AdminRoute, dependencies=[Depends(checked)])
