"""News is told once to each reader, in their language, and to nobody else."""

import time_machine
from sqlalchemy import select

from backend.core.actor import ANONYMOUS
from backend.core.jobs import run_pending
from backend.notifications import service
from backend.notifications.messages import Recipient
from backend.notifications.models import Delivery
from backend.notifications.queries import count_deliveries
from tests.notifications.news import add_device, tell


def letters(app):
    import email
    import email.policy

    folder = app.config["VOX"].data_dir / "mail"
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def test_a_letter_to_an_account(app, session, person):
    ana = person("ana")
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    (letter,) = letters(app)
    assert letter["To"] == ana.email
    assert letter["Subject"] == "An answer on Broken lamp"
    text = letter.get_body(("plain",)).get_content()
    assert "It was mended" in text
    assert "http://localhost/reports/r1" in text
    page = letter.get_body(("html",)).get_content()
    assert '<html lang="en" dir="ltr">' in page
    assert "It was mended" in page
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert count_deliveries(session) == {"sent": 1}


def test_the_same_key_tells_once(app, session, person):
    ana, ben = person("ana"), person("ben")
    for _ in range(3):
        tell(session, Recipient.account(ana.id), Recipient.account(ana.id))
    tell(session, Recipient.account(ben.id))
    run_pending(session)
    assert sorted(letter["To"] for letter in letters(app)) == [ana.email, ben.email]
    assert len(service.news_of(session, ana.actor)) == 1


def test_followers_are_told_page_by_page_and_once(app, session, person, monkeypatch):
    from backend.notifications.service import telling

    monkeypatch.setattr(telling, "PAGE", 3)
    for number in range(8):
        address = f"reader{number}@people.example"
        service.follow(session, ANONYMOUS, "report", "r1", contact_email=address)
    ana = person("ana")
    service.follow(session, ana.actor, "report", "r1")
    tell(
        session,
        Recipient.address("reader3@people.example"),
        Recipient.followers_of("report", "r1"),
        besides=[ana.id],
    )
    run_pending(session)
    expected = sorted(f"reader{n}@people.example" for n in range(8))
    assert sorted(letter["To"] for letter in letters(app)) == expected


def test_merged_things_tell_their_followers_once(app, session):
    both, one, silent = "both@a.example", "one@a.example", "silent@a.example"
    for target, address in (
        ("r1", both),
        ("r2", both),
        ("r2", one),
        ("r2", silent),
        ("r1", silent),
    ):
        service.follow(session, ANONYMOUS, "report", target, contact_email=address)
    service.unfollow(session, ANONYMOUS, "report", "r1", contact_email=silent)
    assert service.followers_count(session, "report", "r2") == 3
    assert service.move_followers(session, "report", "r2", "r1") == 2
    assert service.followers_count(session, "report", "r2") == 0
    assert service.followers_count(session, "report", "r1") == 3
    tell(session, Recipient.followers_of("report", "r1"))
    run_pending(session)
    assert sorted(letter["To"] for letter in letters(app)) == [both, one, silent]


def test_a_rolled_back_cause_tells_nobody(app, session, person):
    ana = person("ana")
    session.rollback()
    from backend.notifications.messages import Message

    service.notify(
        session,
        topic="test.mine",
        kind="report",
        public_id="r1",
        to=[Recipient.account(ana.id)],
        message=Message("test.answered", {"title": "x"}),
        key="e1",
    )
    session.rollback()
    assert run_pending(session) == []
    assert letters(app) == []


def test_the_readers_own_link_goes_to_that_reader_alone(app, session):
    tell(
        session,
        Recipient.address("a@a.example", link="/r/private-link"),
        Recipient.address("b@b.example"),
    )
    run_pending(session)
    texts = {letter["To"]: letter.as_string() for letter in letters(app)}
    assert "private-link" in texts["a@a.example"]
    assert "private-link" not in texts["b@b.example"]


def test_a_letter_in_the_language_of_its_reader(app, session, person, monkeypatch):
    from backend.core import i18n

    seen = []
    from backend.notifications.service import sending

    original = sending.render

    def watched(message, *, zone):
        seen.append(i18n.current_language())
        return original(message, zone=zone)

    monkeypatch.setattr(sending, "render", watched)
    tell(session, Recipient.account(person("ana", language="ro").id))
    tell(session, Recipient.address("b@b.example", language="nl"), key="e2")
    run_pending(session)
    assert seen == ["ro", "nl"]
    assert sorted(letter["Content-Language"] for letter in letters(app)) == ["nl", "ro"]


def test_quiet_hours_hold_back_until_morning(app, session, person, clock):
    ana = person("ana")
    clock.move_to("2026-05-04T23:30:00Z")
    tell(session, Recipient.account(ana.id))
    tell(session, Recipient.account(ana.id), key="e2", at_once=True)
    run_pending(session)
    assert len(letters(app)) == 1, "only what answers the reader goes out at night"
    clock.move_to("2026-05-05T07:00:05Z")
    run_pending(session)
    assert len(letters(app)) == 2


def test_quiet_hours_that_were_changed_while_news_waited(app, session, person, clock):
    ana = person("ana")
    clock.move_to("2026-05-04T23:30:00Z")
    tell(session, Recipient.account(ana.id))
    service.change_preferences(
        session, ana.actor, {"quiet_hours": {"from": "22:00", "until": "09:00"}}, version=0
    )
    session.commit()
    clock.move_to("2026-05-05T07:00:05Z")
    run_pending(session)
    assert letters(app) == []
    clock.move_to("2026-05-05T09:00:05Z")
    run_pending(session)
    assert len(letters(app)) == 1


def test_channels_by_topic(app, session, person):
    ana = person("ana")
    change = {"topics": {"test.mine": ["push"]}}
    service.change_preferences(session, ana.actor, change, version=0)
    tell(session, Recipient.account(ana.id))
    tell(session, Recipient.account(ana.id), key="e2", topic="test.followed")
    tell(session, Recipient.account(ana.id), key="e3", topic="test.unknown")
    run_pending(session)
    assert len(letters(app)) == 1
    assert len(service.news_of(session, ana.actor)) == 3


def test_news_is_listed_and_marked(app, session, person):
    ana, ben = person("ana"), person("ben")
    for number in range(5):
        tell(session, Recipient.account(ana.id), key=f"e{number}")
    news = service.news_of(session, ana.actor, limit=3)
    assert [item.title for item in news] == ["An answer on Broken lamp"] * 3
    assert service.news_of(session, ben.actor) == []
    assert service.mark_read(session, ben.actor, [news[0].id]) == 0
    assert service.mark_read(session, ana.actor, [news[0].id]) == 1
    assert len(service.news_of(session, ana.actor, unread=True)) == 4
    assert service.mark_read(session, ana.actor) == 4
    older = service.news_of(session, ana.actor, before=news[-1].number)
    assert len(older) == 2
    assert service.open_news(session, ana.actor, news[0].id).link == "/reports/r1"
    assert service.open_news(session, ben.actor, news[0].id) is None


def test_a_device_follows_without_an_account_and_brings_it_along(app, session, person):
    key = "0123456789abcdef0123"
    assert service.follow(session, ANONYMOUS, "report", "r1", device_key=key)
    assert not service.follow(session, ANONYMOUS, "report", "r1", device_key=key)
    tell(session, Recipient.followers_of("report", "r1"))
    run_pending(session)
    assert len(service.news_of(session, ANONYMOUS, device_key=key)) == 1
    ana = person("ana")
    service.adopt_device(session, ana.actor, key)
    assert service.followed(session, ana.id, "report", ["r1", "r2"]) == {"r1"}
    assert service.news_of(session, ANONYMOUS, device_key=key) == []


def test_an_erased_person_leaves_nothing(app, session, person):
    from backend.core.privacy import erase_person, export_person
    from backend.notifications.models import Follow, NewsItem, Preference, Reader

    ana, ben = person("ana"), person("ben")
    for somebody in (ana, ben):
        service.follow(session, somebody.actor, "report", "r1")
        service.change_preferences(session, somebody.actor, {"digest": "daily"}, version=0)
    service.follow(session, ANONYMOUS, "report", "r2", contact_email=ana.email)
    tell(session, Recipient.followers_of("report", "r1"))
    run_pending(session)
    kinds = {kind for kind, _row in export_person(session, ana.id)}
    assert {"follow", "news", "notification_preferences"} <= kinds
    before = session.query(Reader).count()
    erased = erase_person(session, ana.id)
    session.commit()
    assert erased["notifications"] > 3
    assert session.query(Reader).count() == before - 2
    for model in (Follow, NewsItem, Preference, Delivery):
        owners = set(session.execute(select(model.reader_id)).scalars())
        assert owners <= set(session.execute(select(Reader.id)).scalars())


def test_old_news_is_forgotten(app, session, person):
    from backend.notifications.models import NewsEvent, NewsItem
    from backend.notifications.service.retention import forget_old

    tell(session, Recipient.account(person("ana").id))
    run_pending(session)
    forget_old(session)
    assert session.query(Delivery).count() == 1
    with time_machine.travel("2026-07-01T12:00:00Z"):
        forget_old(session)
        assert (session.query(Delivery).count(), session.query(NewsItem).count()) == (0, 1)
    with time_machine.travel("2027-07-01T12:00:00Z"):
        forget_old(session)
        assert (session.query(NewsItem).count(), session.query(NewsEvent).count()) == (0, 0)


def test_nothing_goes_to_a_device_that_changed_hands(app, session, person):
    ana, ben = person("ana"), person("ben")
    add_device(session, ana, "fcm", "token-1")
    tell(session, Recipient.account(ana.id))
    add_device(session, ben, "fcm", "token-1")
    run_pending(session)
    reasons = session.execute(select(Delivery.reason).where(Delivery.channel == "push")).scalars()
    assert list(reasons) == ["device gone"]
