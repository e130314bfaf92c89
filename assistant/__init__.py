"""A question becomes an answer that stands on passages (问答).

`triage` looks for people in danger before anything else, `evidence` decides whether the passages found
answer the question, `compose` writes the answer from their own words, `assistant` joins the three.
"""
