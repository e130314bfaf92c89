"""What is known and how it is found (知识库): the catalogue, its two search caches, and the search over them.

Read in this order: `datatypes` (the nouns), `catalogue` (the truth), `dense` and `lexical` (the caches),
`lookup` and `search` (how a question finds its passages), `base` (the KnowledgeBase that joins them).
"""
