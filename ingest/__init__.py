"""Files become documents and chunks (资料入库): found, read, understood, stored.

`files` finds them, `sandbox` reads each in a process of its own: `formats` makes text of bytes, `structure`
decides what kind of text it is and splits it, `about` reads title, dates, issuer and level from it (all
drawn together by `parse` and `understand`). `gather` follows archives, `store` puts documents away, `run`
does it all. `pull` brings files from public sources, `radar` tells what a new version changes.
"""
