"""科普课堂: what to do, explained beforehand, from the written knowledge alone.

drawing     the frame these pages share
guides      /learn, /learn/guides/{id} and its poster
signals     /learn/signals: warnings, grades, time limits for reporting
quiz        /learn/quiz: ten questions, and the same ten on paper
household   /learn/plan: a family's plan and its supplies
terms       /learn/terms: words explained
"""

from fastapi import APIRouter

from web.pages.learn import guides, household, quiz, signals, terms

router = APIRouter()
for _part in (guides, signals, quiz, household, terms):
    router.include_router(_part.router)
