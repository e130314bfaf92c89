"""知识库管理 behind its pages: who may in, what is uploaded, what is being done, one file to carry it all away.

    vault      the password and the one-time code, in files of mode 600
    sessions   who is logged in; throttle: how long a guesser must wait
    shelf      uploaded files until they are brought in, and after
    trial      what would come of them, before anything is indexed
    jobs       one thing at a time in the background; tasks: the things
    backup     the knowledge base as one file; restore: back again, or nothing changes
    office     all of it put together, made once per app

The pages themselves are in web.pages.admin and web.admin.routes.
"""
