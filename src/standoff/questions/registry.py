"""Where a question is added: the table of all questions, in the order of a brief."""

from __future__ import annotations

from typing import Any

from standoff.questions.courses import COURSES
from standoff.questions.deals import DEALS
from standoff.questions.documents import DOCUMENTS, TESTS
from standoff.questions.others import OTHERS
from standoff.questions.question import Question
from standoff.questions.results import OVER_TIME, RESULTS, ROBUST
from standoff.questions.watching.signposts import WATCH

__all__ = ["QUESTIONS"]

QUESTIONS: tuple[Question[Any], ...] = (RESULTS, ROBUST, OTHERS, COURSES, DEALS, DOCUMENTS, TESTS, OVER_TIME, WATCH)
