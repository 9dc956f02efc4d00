"""What becomes of an invented report: steps at believable times, told in its own language."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from backend.city.calendar import add_working_time
from backend.city.demo.recipe import BaseText, Recipe
from backend.city.demo.shapes import DemoStep

ASKED_BACK = 0.05
REOPENED = 0.04
WITHDRAWN = 0.015
LATE_SHARE = 0.18
PLANNED_DONE_AFTER = timedelta(days=150)
FORGOTTEN_AFTER = timedelta(days=45)


class Life:
    """One report's way through city hall."""

    def __init__(self, recipe: Recipe, dice: Random, text: BaseText, created_at: datetime) -> None:
        self.recipe, self.dice, self.text, self.created_at = recipe, dice, text, created_at
        self.calendar = recipe.calendar

    def steps(self, until: datetime) -> tuple[DemoStep, ...]:
        """The steps that have happened by now."""
        found: list[DemoStep] = []
        for step in self._all_steps(until):
            at = step.at.replace(microsecond=0)
            if at >= until:
                break
            found.append(DemoStep(at, step.status, step.text, step.forwarded_to))
        return tuple(found)

    def _all_steps(self, until: datetime) -> Iterator[DemoStep]:
        dice = self.dice
        if dice.random() < WITHDRAWN:
            yield DemoStep(self.created_at + timedelta(hours=dice.uniform(1, 30)), "withdrawn", "")
            return
        at = self._later(self.created_at, dice.lognormvariate(0.7, 0.8))
        yield self._say(at, "triaged")
        at = self._later(at, dice.uniform(0.05, 2))
        yield self._say(at, "assigned")
        if self.text.kind != "praise" and dice.random() < ASKED_BACK:
            at = self._later(at, dice.uniform(1, 6))
            yield self._say(at, "waiting_for_reporter")
            at += timedelta(hours=dice.uniform(2, 60))
        yield from self._ending(at, until)

    def _ending(self, at: datetime, until: datetime) -> Iterator[DemoStep]:
        outcome = self.text.outcome
        if outcome in ("not_ours", "no_action"):
            yield self._say(self._later(at, self.dice.uniform(1, 14)), outcome)
            return
        if self.text.kind in ("complaint", "suggestion") and self.dice.random() < 0.6:
            at = self._later(at, self.dice.uniform(0.5, 8))
            yield self._say(at, "in_progress")
        if outcome == "planned":
            at = self._later(at, self.dice.uniform(4, 30))
            yield self._say(at, "planned")
            if until - at < PLANNED_DONE_AFTER or self.dice.random() < 0.35:
                return
            yield self._general(at + timedelta(days=self.dice.uniform(60, 140)), "resolved")
            return
        if outcome == "open":
            if until - self.created_at < FORGOTTEN_AFTER or self.dice.random() < 0.25:
                return
            yield self._general(self._done(at), "resolved")
            return
        yield from self._resolved(self._done(at))

    def _resolved(self, at: datetime) -> Iterator[DemoStep]:
        yield self._say(at, "resolved")
        if self.text.kind == "complaint" and self.dice.random() < REOPENED:
            at += timedelta(hours=self.dice.uniform(3, 90))
            yield self._say(at, "reopened")
            yield self._general(self._later(at, self.dice.uniform(4, 40)), "resolved")

    def _done(self, at: datetime) -> datetime:
        """When the work is done: mostly well within the expected days, sometimes late."""
        expected = float(self.recipe.services[self.text.service].get("working_days") or 5)
        share = self.dice.betavariate(2, 2.6)
        if self.dice.random() < LATE_SHARE:
            share = 1 + self.dice.expovariate(1.6)
        quick = 0.15 if self.text.kind in ("praise", "question") else 1.0
        return self._later(at, max(0.3, expected * 8.5 * share * quick))

    def _later(self, at: datetime, hours: float) -> datetime:
        return add_working_time(self.calendar, at, hours=hours) + timedelta(
            seconds=self.dice.randrange(60)
        )

    def _say(self, at: datetime, status: str) -> DemoStep:
        if status == self.text.outcome and self.text.answer:
            return DemoStep(at, status, self.text.answer, self._whose(status))
        return self._general(at, status)

    def _general(self, at: datetime, status: str) -> DemoStep:
        words = self.dice.choice(self.recipe.replies(status, self.text.language))
        return DemoStep(at, status, words, self._whose(status))

    def _whose(self, status: str) -> str | None:
        if status != "not_ours":
            return None
        names: dict[str, str] = self.recipe.plan["forwarded_to"]
        return names.get(self.text.service, names["other"])
