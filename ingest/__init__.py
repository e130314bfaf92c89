"""Files become documents and chunks (资料入库): find, read, understand, store.

`files` finds them, `read` makes text of bytes, `parse` decides what kind of text it is and hands it to
`statute`, `sections` or the guide reader, `metadata` reads title, dates, issuer and level from the text,
and `run` brings it all into the knowledge base.
"""
