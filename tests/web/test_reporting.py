"""The whole way of a report without JavaScript, on both databases."""

from __future__ import annotations

import io
import re

from flask import Flask
from PIL import Image
from sqlalchemy import func, select, text

from backend.core.actor import ANONYMOUS
from backend.core.db import db
from backend.core.jobs import run_pending
from backend.reports.queries import Filters, list_page, read_report
from tests.web.conftest import STREET
from tests.web.visitor import Page, Visitor

LAMP = "De straatlantaarn bij de speeltuin is al een week kapot, het is er heel donker."


def what(visitor: Visitor, words: str = LAMP, **more: object) -> Page:
    """The first step."""
    return visitor.get("/report").send("/report", text=words, **more)


def placed(page: Page, address: str = f"{STREET} 1") -> Page:
    """The second step, up to the question what it is about."""
    return page.send("/place", address=address, do="next")


def through(visitor: Visitor, words: str = LAMP, service: str = "city") -> Page:
    """All steps up to the last look."""
    page = placed(what(visitor, words))
    assert page.address.endswith("/about"), page.words
    return page.send("/about", service=service)


def reports(app: Flask) -> list[dict]:
    """All public reports."""
    with app.app_context():
        return list_page(db.session, ANONYMOUS, Filters()).items()


def test_a_report_is_sent_step_by_step(visitor: Visitor, city: Flask) -> None:
    last = through(visitor)
    assert "Check and send" in last.words
    assert LAMP in last.words
    sent = last.send("/send", email="noor@example.org")
    assert sent.address.endswith("/sent")
    assert "Thank you. Your report has reached the city." in sent.words
    link = re.search(r'value="http://localhost(/r/\w{26})"', sent.html)
    assert link
    [report] = reports(city)
    assert report["text"] == LAMP
    assert report["address"].startswith(STREET)
    assert report["district"]
    own = visitor.get(link.group(1))
    assert "Your report" in own.words
    assert own.headers["Referrer-Policy"] == "no-referrer"
    assert own.headers["Cache-Control"] == "no-store"


def test_sending_twice_makes_one_report(visitor: Visitor, city: Flask) -> None:
    last = through(visitor)
    first, second = last.send("/send"), last.send("/send")
    assert first.address == second.address
    assert len(reports(city)) == 1


def test_the_first_step_sent_twice_is_one_draft(visitor: Visitor, city: Flask) -> None:
    page = visitor.get("/report")
    first, second = page.send("/report", text=LAMP), page.send("/report", text=LAMP)
    assert first.address == second.address
    with city.app_context():
        number = db.session.execute(text("select count(*) from web_report_draft")).scalar()
    assert number == 1


def test_the_way_back_keeps_what_was_said(visitor: Visitor) -> None:
    last = through(visitor)
    draft = last.address.split("/")[2]
    assert LAMP in visitor.get(f"/report/{draft}").form("/report").values["text"]
    assert STREET in visitor.get(f"/report/{draft}/place").form("/place").values["address"]
    assert visitor.get(f"/report/{draft}/about").form("/about").values["service"] == "city"
    again = visitor.get("/report")
    assert "You had begun this report." in again.words
    fresh = again.send("/forget")
    assert fresh.form("/report").values["text"] == ""


def test_nobody_else_sees_what_is_being_written(visitor: Visitor, city: Flask) -> None:
    page = what(visitor, "Something that only I may read")
    other = Visitor(city)
    assert other.get(page.address).status == 410
    assert "only I" not in other.get("/report").words
    with city.app_context():
        stored = db.session.execute(text("select content from web_report_draft")).scalar()
    assert "only I" not in stored


def test_an_empty_report_says_what_to_do(visitor: Visitor) -> None:
    page = visitor.get("/report").send("/report", text="  ")
    assert page.status == 422
    assert "Write in a few words what it is about." in page.words
    assert 'href="#text"' in page.html


def test_words_of_danger_show_the_number_first(visitor: Visitor) -> None:
    page = what(visitor, "There is a smell of gas in the stairwell")
    assert 'href="tel:112"' in page.html
    assert page.html.index('href="tel:112"') < page.html.index("<h1")


def test_an_address_that_means_several_places_is_chosen(visitor: Visitor) -> None:
    page = what(visitor).send("/place", address="Aalscholver", do="search")
    assert "Which one do you mean?" in page.words
    chosen = page.send("/place", do="next")
    assert chosen.address.endswith("/about")


def test_an_address_that_is_not_found_can_be_sent_as_written(visitor: Visitor, city: Flask) -> None:
    page = what(visitor).send("/place", address="behind the old mill", do="next")
    assert "We do not find" in page.words
    about = page.send("/place", do="words")
    about.send("/about", service="city").send("/send")
    [report] = reports(city)
    assert report["place_kind"] == "address"
    assert report["address"] == "behind the old mill"


def test_a_place_outside_is_refused_kindly(visitor: Visitor) -> None:
    page = what(visitor).send("/place", lat="52.0", lon="4.3", do="next", address="")
    assert page.status == 422
    assert "outside the city" in page.words
    inside = page.send("/place", do="nearest")
    assert inside.address.endswith("/about")


def test_a_report_without_a_place(visitor: Visitor, city: Flask) -> None:
    about = what(visitor, "When does the town hall open?", kind="question").send(
        "/place", do="none"
    )
    about.send("/about", service="city").send("/send")
    [report] = reports(city)
    assert report["place_kind"] == "none"
    assert report["kind"] == "question"


def test_a_service_that_needs_a_place_leads_back_to_it(visitor: Visitor) -> None:
    about = what(visitor).send("/place", do="none")
    page = about.send("/about", service="list", service_list="pothole")
    assert page.address.endswith("/place?needed=1")
    assert "The department needs to know the place" in page.words


def test_the_questions_of_a_service_are_asked(visitor: Visitor, city: Flask) -> None:
    page = placed(what(visitor, "A deep hole in the road")).send(
        "/about", service="list", service_list="pothole"
    )
    assert page.address.endswith("/questions")
    refused = page.send("/questions", answer_depth_cm="about a hand")
    assert refused.status == 422
    assert "Answer this question." in refused.words
    assert "Write a number." in refused.words
    last = refused.send("/questions", answer_depth_cm="12", answer_where="edge")
    assert "At the edge" in last.words
    last.send("/send")
    [report] = reports(city)
    assert report["service"] == "pothole"
    assert report["department"] == "roads"


def test_the_suggestion_is_shown_with_its_reasons(visitor: Visitor) -> None:
    page = placed(what(visitor))
    assert "we think that it is this" in page.words or "We are not sure" in page.words
    assert "Because of:" in page.words or "We are not sure" in page.words


def test_a_known_report_takes_a_me_too(visitor: Visitor, city: Flask, reported) -> None:
    known = reported(LAMP)
    page = placed(what(visitor))
    assert page.address.endswith("/known")
    assert "Is it one of these?" in page.words
    joined = page.send("/known")
    assert joined.address == f"/reports/{known.public_id}?done=joined"
    assert "you are counted" in joined.words
    [report] = reports(city)
    assert report["confirmations"] == 1


def jpeg() -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return out.getvalue()


def test_photos_travel_with_the_report(visitor: Visitor, city: Flask) -> None:
    photo = (io.BytesIO(jpeg()), "lamp.jpg")
    page = visitor.get("/report").send("/report", text=LAMP, photos=photo)
    draft = page.address.split("/")[2]
    first = visitor.get(f"/report/{draft}")
    [shown] = re.findall(r'src="(/report/\w+/photos/\w+)"', first.html)
    assert visitor.client.get(shown).status_code == 200
    assert Visitor(city).client.get(shown).status_code == 410
    placed(page).send("/about", service="city").send("/send")
    [report] = reports(city)
    assert report["photos"] == 1
    assert visitor.client.get(f"/api/v1/photos/{report['photo']}/small").status_code == 200


def test_a_broken_photo_is_refused_and_the_words_stay(visitor: Visitor) -> None:
    photo = (io.BytesIO(b"not a photo"), "lamp.jpg")
    page = visitor.get("/report").send("/report", text=LAMP, photos=photo)
    assert page.status == 422
    assert "This is not a photo that we can read" in page.words
    assert page.form("/report").values["text"] == LAMP


def test_a_photo_can_be_left_out_again(visitor: Visitor) -> None:
    photo = (io.BytesIO(jpeg()), "lamp.jpg")
    page = visitor.get("/report").send("/report", text=LAMP, photos=photo)
    draft = page.address.split("/")[2]
    first = visitor.get(f"/report/{draft}")
    [photo_id] = re.findall(r'name="remove" value="(\w+)"', first.html)
    first.send("/report", remove=photo_id)
    assert photo_id not in visitor.get(f"/report/{draft}").html


def test_a_wrong_address_for_letters_is_named(visitor: Visitor, city: Flask) -> None:
    page = through(visitor).send("/send", email="noor at example")
    assert page.status == 422
    assert "Write an e-mail address" in page.words
    assert page.form("/send").values["email"] == "noor at example"
    assert reports(city) == []


def test_a_private_report_is_not_public(visitor: Visitor, city: Flask) -> None:
    sent = through(visitor).send("/send", private="1")
    link = re.search(r"/r/\w{26}", sent.html)
    assert reports(city) == []
    assert link
    assert LAMP[:40] in visitor.get(link.group()).words


def test_who_is_signed_in_owns_the_report(visitor: Visitor, city: Flask, sign_in) -> None:
    sign_in(visitor)
    sent = through(visitor).send("/send")
    assert "Keep this private link" not in sent.words
    assert LAMP[:40] in visitor.get("/mine").words


def test_who_is_signed_in_may_report_without_the_account(visitor: Visitor, sign_in) -> None:
    sign_in(visitor)
    sent = through(visitor).send("/send", without_account="1")
    assert "Keep this private link" in sent.words
    assert "You have reported nothing yet" in visitor.get("/mine").words


def test_drafts_are_forgotten_in_time(visitor: Visitor, city: Flask) -> None:
    from datetime import timedelta

    from sqlalchemy import update

    from backend.core.clock import utcnow
    from backend.web.drafts import forget_drafts
    from backend.web.models import ReportDraft

    what(visitor)
    with city.app_context():
        db.session.execute(update(ReportDraft).values(expires_at=utcnow() - timedelta(minutes=1)))
        forget_drafts(db.session, {})
        db.session.commit()
        assert db.session.execute(select(func.count()).select_from(ReportDraft)).scalar() == 0


def test_a_form_from_elsewhere_is_refused(visitor: Visitor) -> None:
    visitor.get("/report")
    answer = visitor.client.post("/report", data={"text": LAMP}, headers={"Accept": "text/html"})
    assert answer.status_code == 403


def test_the_place_of_a_report_is_read_back(visitor: Visitor, city: Flask) -> None:
    sent = through(visitor).send("/send")
    public_id = re.search(r"/reports/(\w{16})", sent.html)
    assert public_id
    with city.app_context():
        run_pending(db.session)
        db.session.commit()
        report = read_report(db.session, ANONYMOUS, public_id.group(1))
    page = visitor.get(f"/reports/{report['id']}")
    assert report["address"] in page.words
    assert "How it was sorted" in page.words
