"""知识库管理: every route of it. All but the way in need a session; what changes something needs its form's token."""

from fastapi import APIRouter

from web.admin.routes import documents, door, insight, keeping, uploads

router = APIRouter()
for part in (door.door, door.inside):
    router.include_router(part)
for rooms in (uploads, documents, insight, keeping):
    router.include_router(rooms.look)
    router.include_router(rooms.act)
