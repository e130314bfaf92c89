"""What people touch: the chat page, its shell and the guards in front of it.

Import from the module that holds the name (`from web.site import build_app`): this file stays empty so
that `web.render` can be used without loading Gradio.
"""
