"""Who judges what: each idea by so many jurors, everybody about equally much, no conflict, and all
jurors comparable with each other."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.ideas.panel.judging import connected_parts

Edge = tuple[str, str]


class NoPlan(ValueError):
    """No plan can keep to all of it; says what stands in the way."""


@dataclass(frozen=True)
class Plan:
    """For each juror the ideas to judge, in the order drawn for that juror."""

    ideas_of: Mapping[str, tuple[str, ...]]

    def jurors_of(self, idea: str) -> list[str]:
        """Who judges an idea."""
        return sorted(juror for juror, ideas in self.ideas_of.items() if idea in ideas)

    @property
    def loads(self) -> tuple[int, int]:
        """The least and the most that any juror has to judge."""
        sizes = [len(ideas) for ideas in self.ideas_of.values()]
        return min(sizes), max(sizes)


def assign(
    ideas: Sequence[str],
    jurors: Sequence[str],
    *,
    per_idea: int,
    conflicts: Iterable[Edge] = (),
    seed: str = "",
    most: int | None = None,
) -> Plan:
    """A plan in which each idea has `per_idea` jurors without a conflict.

    Loads differ as little as the conflicts allow. `conflicts` are (juror, idea). `most` bounds what
    one juror has to judge. The same seed gives the same plan. Raises `NoPlan` with the reason.
    """
    if per_idea < 1 or not ideas or not jurors:
        raise NoPlan("there must be ideas, jurors, and at least one juror for each idea")
    barred = set(conflicts)
    free = {idea: [j for j in jurors if (j, idea) not in barred] for idea in ideas}
    for idea in ideas:
        if len(free[idea]) < per_idea:
            raise NoPlan(
                f"{idea}: only {len(free[idea])} jurors without a conflict, not {per_idea}"
            )
    flow = _Flow(ideas, jurors, free, seed)
    least = -(-per_idea * len(ideas) // len(jurors))
    highest = len(ideas) if most is None else most
    for cap in range(least, highest + 1):
        if flow.fill(per_idea, cap):
            break
    else:
        raise NoPlan(f"with at most {highest} ideas a juror, not every idea finds {per_idea}")
    flow.level()
    flow.connect()
    if not flow.connected():
        if per_idea * len(ideas) < len(ideas) + len(jurors) - 1:
            raise NoPlan("too few judgements to compare all jurors: ask fewer jurors, or more each")
        raise NoPlan("the conflicts split the jurors into groups that judge nothing in common")
    drawn = {
        juror: tuple(sorted(flow.has[juror], key=lambda idea: _lot(seed, juror, idea)))
        for juror in jurors
    }
    return Plan(drawn)


def _lot(seed: str, *words: str) -> str:
    return hashlib.sha256("\x1f".join((seed, *words)).encode()).hexdigest()


class _Flow:
    """Ideas handed to jurors, and handed on along chains where one has to give way."""

    def __init__(
        self,
        ideas: Sequence[str],
        jurors: Sequence[str],
        free: Mapping[str, Sequence[str]],
        seed: str,
    ) -> None:
        self.ideas = sorted(ideas, key=lambda idea: (len(free[idea]), _lot(seed, idea)))
        self.jurors = sorted(jurors, key=lambda juror: _lot(seed, juror))
        self.free = {i: sorted(free[i], key=lambda juror: _lot(seed, i, juror)) for i in ideas}
        self.has: dict[str, set[str]] = {juror: set() for juror in jurors}

    def fill(self, per_idea: int, cap: int) -> bool:
        """Give every idea its jurors with nobody above the cap."""
        for held in self.has.values():
            held.clear()
        for _ in range(per_idea):
            for idea in self.ideas:
                if not self._place(idea, cap):
                    return False
        return True

    def _place(self, idea: str, cap: int) -> bool:
        """One more juror for an idea: the least loaded, or along the shortest chain to one."""
        open_ = [juror for juror in self.free[idea] if idea not in self.has[juror]]
        open_.sort(key=lambda juror: len(self.has[juror]))
        if open_ and len(self.has[open_[0]]) < cap:
            self.has[open_[0]].add(idea)
            return True
        return self._chain(dict.fromkeys(open_, (None, idea)), cap) is not None

    def _chain(self, reached: dict[str, tuple[str | None, str]], cap: int) -> str | None:
        """Breadth first: each juror reached could take the idea if they hand another on."""
        queue = list(reached)
        for juror in queue:
            if len(self.has[juror]) < cap:
                end: str | None = juror
                while end is not None:
                    giver, idea = reached[end]
                    self.has[end].add(idea)
                    if giver is not None:
                        self.has[giver].discard(idea)
                    end = giver
                return juror
            for idea in sorted(self.has[juror]):
                for other in self.free[idea]:
                    if other not in reached and idea not in self.has[other]:
                        reached[other] = (juror, idea)
                        queue.append(other)
        return None

    def level(self) -> None:
        """Hand ideas on from who has most to who has least, as far as the conflicts allow."""
        while True:
            for juror in sorted(self.jurors, key=lambda name: -len(self.has[name])):
                size = len(self.has[juror])
                start: dict[str, tuple[str | None, str]] = {}
                for idea in sorted(self.has[juror]):
                    for other in self.free[idea]:
                        if other not in start and other != juror and idea not in self.has[other]:
                            start[other] = (juror, idea)
                if self._hand_on(juror, start, size - 1):
                    break
            else:
                return

    def _hand_on(self, juror: str, start: dict[str, tuple[str | None, str]], cap: int) -> bool:
        """A chain from a juror to one with at least two ideas less."""
        reached: dict[str, tuple[str | None, str]] = dict(start)
        queue = list(start)
        for name in queue:
            if len(self.has[name]) < cap:
                end = name
                while end != juror:
                    giver, idea = reached[end]
                    assert giver is not None
                    self.has[end].add(idea)
                    self.has[giver].discard(idea)
                    end = giver
                return True
            for idea in sorted(self.has[name]):
                for other in self.free[idea]:
                    if other != juror and other not in reached and idea not in self.has[other]:
                        reached[other] = (name, idea)
                        queue.append(other)
        return False

    def connected(self) -> bool:
        """Whether all jurors can be compared."""
        return len(self._parts()) <= 1

    def _parts(self) -> list[list[str]]:
        scores = {juror: dict.fromkeys(held, 0) for juror, held in self.has.items() if held}
        return connected_parts(scores)  # type: ignore[arg-type]

    def connect(self) -> None:
        """Exchange two ideas between jurors of different groups until there is one group; the
        loads stay as they are."""
        parts = self._parts()
        while len(parts) > 1 and self._exchange(parts):
            fewer = self._parts()
            if len(fewer) >= len(parts):
                return
            parts = fewer

    def _exchange(self, parts: list[list[str]]) -> bool:
        before = len(parts)
        for at, part in enumerate(parts):
            for one in part:
                for other in (name for rest in parts[at + 1 :] for name in rest):
                    if self._exchanged(one, other, before):
                        return True
        return False

    def _exchanged(self, one: str, other: str, before: int) -> bool:
        for mine in sorted(self.has[one]):
            for theirs in sorted(self.has[other]):
                if other not in self.free[mine] or one not in self.free[theirs]:
                    continue
                self._swap(one, mine, other, theirs)
                if len(self._parts()) < before:
                    return True
                self._swap(one, theirs, other, mine)
        return False

    def _swap(self, one: str, mine: str, other: str, theirs: str) -> None:
        self.has[one] = self.has[one] - {mine} | {theirs}
        self.has[other] = self.has[other] - {theirs} | {mine}
