"""Last year's competition of the demo city: voted, counted, published, and carried out."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.cli.seeding_winners import seed_winner
from backend.core.clock import utcnow
from backend.ideas.service.seeding import EditionSeed, IdeaSeed, past_edition

VOTERS, DICE = 640, 11
BUDGET = 250_000
# title, summary, benefit, cost, domain, component, popularity
IDEAS: tuple[tuple[str, str, str, int, str, str, float], ...] = (
    ("Rent out your parking space", "An app in which residents and firms offer spaces that stand "
     "empty, by the hour.", "Drivers who search for a space, and streets with less traffic.",
     60_000, "SM", "SM-IT", 0.46),
    ("A shady square at the station", "Twelve trees, benches and a drinking fountain.",
     "Everybody who waits for a bus in summer.", 80_000, "MI", "MI1", 0.41),
    ("Repair café in every district", "Volunteers mend what is broken, once a month.",
     "People who cannot afford new things.", 22_000, "SL", "SL1", 0.33),
    ("Cycle street along the canal", "Bicycles first, cars as guests.",
     "Pupils on their way to school.", 120_000, "SM", "SM-IT", 0.37),
    ("Evening library", "The library stays open until ten with volunteers.",
     "Students and shift workers.", 35_000, "SC", "SC1", 0.29),
    ("Swifts and bats", "Nest boxes on public buildings.", "Birds, and who likes fewer midges.",
     9_000, "MI", "MI1", 0.27),
    ("Playground for all", "A playground where children in wheelchairs can play too.",
     "Families with disabled children.", 75_000, "SL", "SL1", 0.31),
    ("Neighbours' kitchen", "Cooking together on Thursdays.", "People who live alone.", 18_000,
     "SL", "SL1", 0.22),
    ("Open data for clubs", "Free rooms and halls on one page.", "Every club that looks for one.",
     14_000, "SG", "SG-1", 0.14),
    ("Floating gardens", "Planted rafts on the canal.", "Water animals and walkers.", 45_000, "MI",
     "MI1", 0.18),
    ("Mural by young artists", "A wall of the sports hall painted by the young.",
     "The young, and who passes by.", 12_000, "SC", "SC1", 0.2),
    ("Digital help desk on wheels", "A van that helps with forms and telephones.",
     "Older people in the villages around.", 68_000, "SG", "SG-1", 0.24),
)  # fmt: skip


def seed_votes(session: Session) -> str | None:
    """Play last year's edition to its end; nothing where there is one already."""
    seeds = [IdeaSeed(*idea) for idea in IDEAS]
    now = utcnow()
    year = now.year - 1
    closes = datetime(year, 6, 14, 18, tzinfo=now.tzinfo)
    plan = EditionSeed(
        slug="voice-of-vliermonde",
        name={"en": f"Voice of Vliermonde {year}", "nl": f"Stem van Vliermonde {year}"},
        year=year, budget=BUDGET, closes_at=closes, voters=VOTERS, dice=DICE,
    )  # fmt: skip
    vote_id = past_edition(session, plan, seeds)
    if vote_id is not None:
        seed_winner(session, vote_id)
    return vote_id
