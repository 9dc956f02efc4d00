"""What stands in the frame's menus: five tabs, the account, the links at the foot."""

from collections.abc import Sequence

from flask import Flask

from backend.core.actor import current_actor
from backend.core.i18n import _
from backend.core.pages import NavItem, set_city_look, set_navigation
from backend.web.appearance import city_look


def tabs() -> Sequence[NavItem]:
    """The five tabs under the thumb."""
    return (
        NavItem("/report", _("Report"), "megaphone", match=("/report/",)),
        NavItem("/map", _("Map"), "map"),
        NavItem("/reports", _("Reports"), "list"),
        NavItem("/competitions/", _("Ideas"), "lightbulb", match=("/competitions/",)),
        NavItem(
            "/mine",
            _("Mine"),
            "circle-user",
            match=("/mine", "/outbox", "/sign-in", "/account", "/r/"),
        ),
    )


def account() -> Sequence[NavItem]:
    """The menu of who is signed in."""
    actor = current_actor()
    if actor.is_anonymous:
        return ()
    desk = (NavItem("/console/", _("City hall"), "building-2"),) if actor.is_staff else ()
    return (
        NavItem("/mine", _("My reports"), "file-text"),
        NavItem("/account", _("My account"), "settings"),
        *desk,
        NavItem("/sign-out", _("Sign out"), "log-out"),
    )


def footer() -> Sequence[NavItem]:
    """The links that every page ends with."""
    return (
        NavItem("/indicators/", _("Indicators"), match=("/indicators/",)),
        NavItem("/open-data/", _("Open data"), match=("/open-data/",)),
        NavItem("/open311/", _("For other systems"), match=("/open311/",)),
        NavItem("/outbox", _("Written on this phone")),
        NavItem("/contact", _("Contact")),
        NavItem("/privacy", _("Privacy")),
        NavItem("/accessibility", _("Accessibility")),
        NavItem("/licence", _("Licence of the data")),
    )


def init_navigation(app: Flask) -> None:
    """Fill the frame."""
    set_city_look(app, city_look)
    set_navigation(app, "tabs", tabs)
    set_navigation(app, "account", account)
    set_navigation(app, "footer", footer)
