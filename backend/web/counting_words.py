"""The words and figures of votes and counts, as pages say them."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_currency
from flask_babel import get_locale

from backend.core.i18n import _, in_language


def money(amount: float, currency: str) -> str:
    """An amount in the reader's way of writing, without cents where there are none."""
    whole = float(amount) == int(amount)
    return str(
        format_currency(
            amount, currency, locale=get_locale(), currency_digits=not whole,
            format="¤ #,##0" if whole else None,
        )
    )  # fmt: skip


def pot_title(pot: Mapping[str, Any]) -> str:
    """The name of a pot; the one pot of a vote is the whole city's."""
    whole = _("The whole city") if pot["code"] == "city" else pot["code"]
    return str(in_language(dict(pot.get("name") or {})) or whole)


def rule_title(name: str) -> str:
    """How a rule is called."""
    words = {
        "votes": _("Order of votes"),
        "points": _("Order of points"),
        "equal-shares": _("Equal Shares"),
        "phragmen": _("Phragmén"),
    }
    return str(words.get(name, name))


def rule_in_words(rule: Mapping[str, Any]) -> list[str]:
    """A declared rule, sentence by sentence."""
    first = {
        "votes": _("The idea with the most votes comes first, then the next, while money is left."),
        "points": _("The idea with the most points comes first, then the next."),
        "equal-shares": _(
            "Every voter gets the same share of the money. An idea wins when the people who voted "
            "for it can pay for it together."
        ),
        "phragmen": _(
            "Voters earn money evenly over time. An idea wins as soon as its voters can pay for it."
        ),
    }[rule["rule"]]
    leftover = {
        "skip": _("What does not fit into the money left is skipped; cheaper ideas follow."),
        "stop": _("The count stops at the first idea that does not fit."),
        "partial": _("The first idea that does not fit gets the money that is left."),
    }[rule["leftover"]]
    completion = {
        "none": "",
        "add1": _("Money that is left is used by raising everybody's share step by step."),
        "votes": _("Money that is left goes by the order of votes."),
    }[rule["completion"]]
    caps = {
        "ignore": "",
        "hold": _("No category or area gets more than its cap."),
        "hold-then-fill": _("Caps hold first; what is left is then given without them."),
    }[rule["caps"]]
    names = {
        "cost": _("the cheaper idea"), "votes": _("the idea with more votes"),
        "lot": _("a public lot"), "order": _("the order of the list"),
    }  # fmt: skip
    ties = _("In a tie decides: %(names)s.", names=", ".join(names[t] for t in rule["tie"]))
    support = str(rule["min_support"])
    needed = "" if support == "none" else _("Minimum support: %(rule)s.", rule=support)
    return [words for words in (first, completion, leftover, caps, needed, ties) if words]


def why(project: Mapping[str, Any], titles: Mapping[str, str], currency: str) -> str:
    """Why an idea won or lost, in the reader's words."""
    facts = dict(project.get("facts") or {})
    for name in ("left", "amount"):
        if isinstance(facts.get(name), int | float):
            facts[name] = money(facts[name], currency)
    for name in ("winner", "first"):
        if name in facts:
            facts[name] = titles.get(str(facts[name]), facts[name])
    facts["reached"] = f"{round(100 * float(facts.get('reached') or 0))}"
    facts["payment"] = f"{float(facts.get('payment') or 0):.2f}"
    sentence = {
        "won_order": lambda: _("Won place %(place)s: next in order, and its cost fitted.", **facts),
        "won_fill": lambda: _("Won place %(place)s when what was left was given out.", **facts),
        "won_completion": lambda: _("Won place %(place)s with the money that was left.", **facts),
        "won_shares": lambda: _(
            "Won place %(place)s: its voters paid for it, at most %(payment)s each.", **facts
        ),
        "won_load": lambda: _("Won place %(place)s: its voters could pay for it first.", **facts),
        "partly": lambda: _("It did not fit whole: it gets the %(amount)s left.", **facts),
        "budget": lambda: _("Its cost did not fit the %(left)s left at its turn.", **facts),
        "stopped": lambda: _("Not reached: the count stopped at “%(first)s”.", **facts),
        "cap": lambda: _("The cap of %(cap)s left only %(left)s.", **facts),
        "group": lambda: _("Only one of its group can win, and “%(winner)s” did.", **facts),
        "withdrawn": lambda: _("It was withdrawn."),
        "too_few_votes": lambda: _("It stayed below the minimum of %(needed)s votes.", **facts),
        "no_votes": lambda: _("Nobody voted for it."),
        "unaffordable": lambda: _(
            "It reached %(reached)s %% of its cost: about %(supporters)s more voters were missing.",
            **facts,
        ),
    }.get(str(project.get("code")))
    return str(sentence()) if sentence else str(project.get("why") or "")


def lacked(project: Mapping[str, Any], currency: str) -> str:
    """What would have made an idea win, as far as that is known."""
    found = project.get("lacked") or {}
    parts = []
    if found.get("votes"):
        parts.append(_("%(n)s more votes would have been enough.", n=found["votes"]))
    elif found.get("points"):
        parts.append(_("%(n)s more points would have been enough.", n=found["points"]))
    elif found.get("money"):
        parts.append(_("It lacked %(sum)s.", sum=money(found["money"], currency)))
    return " ".join(str(part) for part in parts)
