"""Reads of the room: editions, problems, ideas, what is said of them, and the desk's lists."""

from backend.ideas.queries.checks import (
    checks_page,
    desk_counts,
    flagged_comments,
    joinings_about,
    joinings_of,
)
from backend.ideas.queries.editions import (
    competitions,
    current_edition,
    editions,
    phase_named,
    read_edition,
)
from backend.ideas.queries.ideas import (
    IdeaFilters,
    find_idea,
    idea_places,
    ideas_page,
    my_ideas,
    read_idea,
)
from backend.ideas.queries.problems import problems_page, read_problem
from backend.ideas.queries.similar import costs_before, similar_ideas
from backend.ideas.queries.talk import changes_between, comments_of, versions_of

__all__ = [
    "IdeaFilters",
    "changes_between",
    "checks_page",
    "comments_of",
    "competitions",
    "costs_before",
    "current_edition",
    "desk_counts",
    "editions",
    "find_idea",
    "flagged_comments",
    "idea_places",
    "ideas_page",
    "joinings_about",
    "joinings_of",
    "my_ideas",
    "phase_named",
    "problems_page",
    "read_edition",
    "read_idea",
    "read_problem",
    "similar_ideas",
    "versions_of",
]
