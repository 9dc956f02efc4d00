"""Invented elections of any size, the same for the same seed."""

import random

from backend.ideas.count import Election, Project, election_of


def invent(seed: int, projects: int, voters: int, share: float = 0.3) -> Election:
    """Costs spread widely, a few popular projects, and voters who mostly keep to one area."""
    dice = random.Random(seed)
    costs = [max(500, round(dice.lognormvariate(10.5, 0.9)) // 100 * 100) for _ in range(projects)]
    areas = max(1, projects // 12)
    listed = [Project(str(at + 1), cost, area=str(at % areas)) for at, cost in enumerate(costs)]
    appeal = [1 / (rank + 2) ** 0.7 for rank in range(projects)]
    dice.shuffle(appeal)
    at_home = [[at for at in range(projects) if at % areas == area] for area in range(areas)]
    everywhere = list(range(projects))
    cast = []
    for _ in range(voters):
        home = at_home[dice.randrange(areas)]
        chosen: set[int] = set()
        for _ in range(dice.choice((1, 2, 3, 4, 5, 5, 6, 8))):
            pool = home if dice.random() < 0.6 else everywhere
            chosen.add(dice.choices(pool, [appeal[at] for at in pool])[0])
        cast.append(([listed[at].id for at in sorted(chosen)], ()))
    return election_of("approval", round(sum(costs) * share), listed, cast)
