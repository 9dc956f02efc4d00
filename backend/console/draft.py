"""What somebody typed into a form of the desk that could not be taken as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from backend.core.pages.forms import messages
from backend.core.problems import Problem, Stale


@dataclass(frozen=True, slots=True)
class Draft:
    """The form that came back, what stood in it, and what was wrong."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False
    seen: int = 0

    @classmethod
    def of(cls, form: str, problem: Problem) -> "Draft":
        """The form of this request with the problem that stopped it."""
        stale = isinstance(problem, Stale)
        seen = request.form.get("seen", "")
        return cls(
            form=form,
            values={name: value[:20_000] for name, value in request.form.items()},
            errors={} if stale else messages(problem),
            stale=stale,
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
        )

    def value(self, form: str, name: str, otherwise: object = None) -> object:
        """What was typed into a field, if this form came back; else what stands there anyway."""
        return self.values.get(name, otherwise) if form == self.form else otherwise

    def error(self, form: str, name: str) -> str | None:
        """What was wrong with a field."""
        return self.errors.get(name) if form == self.form else None

    @property
    def ids(self) -> dict[str, str]:
        """Where each error leads: the field of the form that came back."""
        return {name: f"{self.form}-{name}" for name in self.errors}
