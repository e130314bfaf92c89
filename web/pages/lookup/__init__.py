"""查条文: search, the list of laws, a law's contents, one article, two versions side by side.

asking     reads the query string of a form, forgiving what cannot be read
links      the addresses of laws and articles
layout     an article's text cut into 款 and 项, with words marked
drawing    the pages' own frame: what went wrong is a page too
search     /lookup
facets     how the search may be narrowed, with counts
laws       /lookup/laws
law        /lookup/{law}
article    /lookup/{law}/{article}
related    what belongs to an article, in groups
compare    /lookup/compare/{law}
scan       the page of the PDF an article stands on
"""

from fastapi import APIRouter

from web.pages.lookup import article, compare, law, laws, scan, search

router = APIRouter()
for _part in (search, laws, scan, compare, law, article):  # fixed addresses before those that name a law
    router.include_router(_part.router)
