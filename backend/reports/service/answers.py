"""Answers to a service's questions: the six datatypes of Open311, asked only when they apply."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.core.clock import parse_rfc3339, rfc3339
from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.problems import Invalid

LONGEST = {"string": 500, "text": 4000}
MOST_CHOSEN = 50


MOST_UNASKED, LONGEST_UNASKED = 60, 4000


def check_answers(
    questions: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    unasked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The answers as they are kept: known questions only, of the right kind, none missing.

    A question whose condition does not hold is not asked, and an answer to it is left out. Another
    system knows no conditions: what it tells without being asked (`unasked`) stands beside the
    answers, as texts, and what is only asked after another answer is not demanded of it.
    """
    errors: dict[str, object] = {}
    kept: dict[str, Any] = {}
    known = {str(question["code"]) for question in questions}
    for code in answers:
        if code not in known:
            errors[f"answers.{str(code)[:80]}"] = _("This service does not ask that.")
    for question in questions:
        code = str(question["code"])
        if not _is_asked(question, kept):
            continue
        value = answers.get(code)
        if value is None or value in ("", []):
            if question.get("required") and not (unasked is not None and question.get("when")):
                errors[f"answers.{code}"] = _("Answer this question.")
            continue
        try:
            kept[code] = _READERS[question["datatype"]](value, question)
        except (ValueError, TypeError, OverflowError):
            errors[f"answers.{code}"] = _EXPECTED[question["datatype"]]()
    if errors:
        raise Invalid(errors=errors)
    return _unasked(unasked or {}, known) | kept


def _unasked(told: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for code, value in list(told.items())[:MOST_UNASKED]:
        if code in known or not code:
            continue
        listed = value if isinstance(value, list) else [value]
        texts = [clean_text(str(one)[:LONGEST_UNASKED]) for one in listed[:MOST_CHOSEN]]
        kept[clean_text(code[:80], line=True)] = texts if len(texts) > 1 else texts[0]
    return kept


def _is_asked(question: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    when = question.get("when")
    if not when:
        return True
    answer = kept.get(when["question"])
    chosen = answer if isinstance(answer, list) else [answer]
    return any(key in when["is"] for key in chosen)


def _text(value: Any, question: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or len(value) > 3 * LONGEST["text"]:
        raise ValueError
    kind = question["datatype"]
    text = clean_text(value, line=kind == "string")
    if not text or len(text) > LONGEST[kind]:
        raise ValueError
    return text


def _number(value: Any, _question: Mapping[str, Any]) -> float | int:
    if isinstance(value, bool) or len(str(value)) > 30:
        raise ValueError
    number = float(str(value).strip().replace(",", "."))
    if not -1e12 <= number <= 1e12:  # also false for NaN
        raise ValueError
    return int(number) if number.is_integer() else number


def _moment(value: Any, _question: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError
    try:
        moment = parse_rfc3339(value)
    except ValueError:
        # A form in a browser knows no time zone: what it sends is kept as it was meant, local.
        return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="minutes")
    return rfc3339(moment)


def _keys(question: Mapping[str, Any]) -> set[str]:
    return {str(value["key"]) for value in question["values"]}


def _one(value: Any, question: Mapping[str, Any]) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str) or value not in _keys(question):
        raise ValueError
    return value


def _several(value: Any, question: Mapping[str, Any]) -> list[str]:
    chosen = value if isinstance(value, list) else [value]
    if len(chosen) > MOST_CHOSEN or any(not isinstance(key, str) for key in chosen):
        raise ValueError
    if not set(chosen) <= _keys(question):
        raise ValueError
    return [str(v["key"]) for v in question["values"] if v["key"] in chosen]


_READERS = {
    "string": _text,
    "text": _text,
    "number": _number,
    "datetime": _moment,
    "singlevaluelist": _one,
    "multivaluelist": _several,
}
_EXPECTED = {
    "string": lambda: _("Write a short text on one line."),
    "text": lambda: _("Write a text of at most 4,000 characters."),
    "number": lambda: _("Write a number."),
    "datetime": lambda: _("Give a date and a time."),
    "singlevaluelist": lambda: _("Choose one of the answers."),
    "multivaluelist": lambda: _("Choose from the answers."),
}
