"""Invented answers to the questions of a service."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backend.core.clock import rfc3339

ANSWERED = 0.45  # of the questions that need no answer
_NUMBERS = {"depth_cm": (3, 18), "how_many": (1, 5), "waited_minutes": (5, 95)}


def invented_answers(
    service: Mapping[str, Any], words: Mapping[str, list[str]], at: datetime, dice: Random
) -> dict[str, Any]:
    """Answers that fit a service's questions: all that are required, some of the others."""
    found: dict[str, Any] = {}
    for question in service.get("questions") or ():
        when = question.get("when")
        if when:
            given = found.get(when["question"], [])
            chosen = given if isinstance(given, list) else [given]
            if not set(chosen) & set(when["is"]):
                continue
        if question.get("required") or dice.random() < ANSWERED:
            answer = _answer(question, words.get(question["code"], []), at, dice)
            if answer is not None:
                found[question["code"]] = answer
    return found


def _answer(question: Mapping[str, Any], words: list[str], at: datetime, dice: Random) -> Any:
    keys = [value["key"] for value in question.get("values") or ()]
    match question["datatype"]:
        case "singlevaluelist":
            return dice.choice(keys)
        case "multivaluelist":
            return [key for key in keys if dice.random() < 0.3] or [dice.choice(keys)]
        case "number":
            return dice.randint(*_NUMBERS.get(question["code"], (1, 10)))
        case "datetime":
            before = at - timedelta(hours=dice.uniform(0.5, 60))
            return rfc3339(before.replace(microsecond=0, second=0))
        case _ if words:
            return dice.choice(words)
        case "string" if question["code"].endswith("number"):
            return f"{dice.choice('ABCDEHKLMRSTV')}{dice.randint(100, 9999)}"
    return None
