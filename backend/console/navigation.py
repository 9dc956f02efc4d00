"""The rail: the views with their numbers, intake, and the operator's pages."""

from collections.abc import Mapping, Sequence

from flask import Flask, g

from backend.console.policy import HANDLERS
from backend.console.words import VIEWS
from backend.core.actor import Actor, current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.pages import NavItem, set_navigation
from backend.core.policy import could, is_allowed
from backend.reports.queries.desk import desk_counts

STRONG = frozenset({"urgent", "overdue", "disputed"})


class FirstPage(NavItem):
    """The entry of the first page, whose address begins every other one."""

    def is_current(self, path: str) -> bool:
        """Only its own page is its own."""
        return path == self.href


def counts() -> Mapping[str, int]:
    """The numbers of all views for who asks, read once for each page."""
    if "console_counts" not in g:
        g.console_counts = desk_counts(db.session(), current_actor())
    found: Mapping[str, int] = g.console_counts
    return found


def views_of(actor: Actor) -> tuple[str, ...]:
    """The views that can hold something for this actor, in order."""
    return tuple(view for view in VIEWS if view != "department" or actor.departments)


def rail() -> Sequence[NavItem]:
    """What stands at the side of every page of the desk."""
    actor = current_actor()
    if not is_allowed(actor, "console.start"):
        return ()
    start = FirstPage("/console/", _("Today"), "layout-dashboard")
    if not actor.has(*HANDLERS):
        return (start, *_competitions(actor))
    numbers = counts()
    inbox = [
        NavItem(
            f"/console/inbox/{view}",
            VIEWS[view][0],
            VIEWS[view][1],
            badge=numbers.get(view),
            badge_strong=view in STRONG and bool(numbers.get(view)),
        )
        for view in views_of(actor)
    ]
    return (
        start,
        NavItem("/console/intake", _("Take a call"), "phone"),
        NavItem("", _("Reports")),
        *inbox,
        *_competitions(actor),
        NavItem("", _("Measuring")),
        NavItem("/console/indicators", _("Indicators"), "layers"),
        *_operator(actor),
    )


def _competitions(actor: Actor) -> Sequence[NavItem]:
    found = []
    if is_allowed(actor, "competition.organise"):
        found.append(NavItem("/console/competitions", _("Editions"), "calendar"))
    if could(actor, "feasibility.decide"):
        found.append(NavItem("/console/competitions/checks", _("Feasibility"), "check-check"))
    if is_allowed(actor, "vote.assist"):
        found.append(NavItem("/console/votes", _("Votes"), "vote"))
    if is_allowed(actor, "console.jury"):
        found.append(NavItem("/console/jury", _("Jury"), "list"))
    if is_allowed(actor, "after.carry_out"):
        found.append(NavItem("/console/winners", _("Winners"), "hand-heart"))
    return (NavItem("", _("Competitions")), *found) if found else ()


def _operator(actor: Actor) -> Sequence[NavItem]:
    if not is_allowed(actor, "console.operate"):
        return ()
    return (
        NavItem("", _("Running it")),
        NavItem("/console/people", _("People and roles"), "users"),
        NavItem("/console/city", _("City"), "map"),
        NavItem("/console/classifier", _("Classifier"), "sparkles"),
        NavItem("/console/letters", _("Letters"), "mail"),
        NavItem("/console/partners", _("Partners"), "share-2"),
        NavItem("/console/open311", _("Partners' keys"), "lock"),
        NavItem("/console/webhooks", _("Webhooks"), "send"),
        NavItem("/console/jobs", _("Jobs"), "wrench"),
        NavItem("/console/audit", _("Audit log"), "history"),
        NavItem("/console/health", _("Health"), "shield-check"),
    )


def rail_account() -> Sequence[NavItem]:
    """The menu of who is signed in."""
    if current_actor().is_anonymous:
        return ()
    return (
        NavItem("/account", _("My account"), "settings"),
        NavItem("/", _("The citizen's pages"), "home"),
        NavItem("/sign-out", _("Sign out"), "log-out"),
    )


def init_navigation(app: Flask) -> None:
    """Fill the desk's frame."""
    set_navigation(app, "rail", rail)
    set_navigation(app, "rail_account", rail_account)
