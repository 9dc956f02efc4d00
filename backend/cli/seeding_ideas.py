"""This year's competition of the demo city: problems, ideas, talk and findings so far."""

from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from backend.core.actor import SYSTEM
from backend.core.clock import utcnow


def seed_ideas(session: Session, pack: Path, *, author: str, photos: bool) -> str | None:
    """Found this year's edition; nothing where it is there already."""
    from backend.accounts.queries.people import find_account_by_email
    from backend.ideas.service.seeding_ideas import has_ideas, seed_edition, titles_with_photo

    if has_ideas(session, utcnow().year):
        return None
    plan = yaml.safe_load((pack / "history" / "competition.yaml").read_text(encoding="utf-8"))
    account = find_account_by_email(session, author)
    drawn = _draw(session, titles_with_photo(plan)) if photos else {}
    return seed_edition(
        session, plan, spots=_spots(session), author_id=account.id if account else None,
        photos=drawn,
    )  # fmt: skip


def _spots(session: Session) -> list[tuple[float, float]]:
    """Places where something was reported, as places where something could be better."""
    from backend.reports.queries import Filters, list_page

    page = list_page(session, SYSTEM, Filters(), limit=200)
    places = [item["place"] for item in page.items() if item["place"]]
    return [(place["coordinates"][0], place["coordinates"][1]) for place in places]


def _draw(session: Session, wanted: dict[str, str]) -> dict[str, str]:
    from backend.city.demo import PhotoRecipe
    from backend.cli.seeding import draw_one

    return {
        title: draw_one(session, PhotoRecipe(kind, number % 10, False))
        for number, (title, kind) in enumerate(wanted.items())
    }
