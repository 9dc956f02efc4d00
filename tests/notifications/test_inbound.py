"""Letters in: spoken to by a real SMTP client, kept before they are acknowledged, opened once."""

import io
import smtplib
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select, text

from backend.core import events
from backend.core.db import db
from backend.core.jobs import run_pending
from backend.notifications.events import LetterReceived
from backend.notifications.inbound import start_inbound
from backend.notifications.messages import Recipient
from backend.notifications.models import IncomingLetter
from backend.notifications.opening import open_letter, text_of_html
from backend.notifications.quoting import own_words
from tests.notifications.news import tell
from tests.support.servers import free_port

DOMAIN = "post.city.example"


@pytest.fixture
def house(make_app, mail_sink):
    """The house with its door for letters open."""
    app = make_app(
        mail_inbound=f"127.0.0.1:{free_port()}", mail_domain=DOMAIN, mail_url=mail_sink.url
    )
    server = start_inbound(app)
    with app.app_context():
        yield app
        db.session.remove()
    server.stop()


@pytest.fixture
def received(monkeypatch):
    """What a listening room was told."""
    told = []
    monkeypatch.setitem(
        events._listeners, LetterReceived, [lambda _session, event: told.append(event)]
    )
    return told


def photo(size=(400, 300)) -> bytes:
    """A photo with some noise in it."""
    buffer = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def letter(body="The lamp at the corner is dark.", **headers):
    """A letter of a person."""
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Ana Pop <Ana@People.example>")
    message["To"] = headers.pop("to", f"reports@{DOMAIN}")
    message["Subject"] = headers.pop("subject", "Dark lamp")
    message["Message-ID"] = headers.pop("message_id", "<1@people.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def send(app, message, to=None, sender="ana@people.example"):
    """Hand a letter over as another mail server does."""
    host, port = app.config["VOX"].mail_inbound.split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        if isinstance(message, bytes):
            return client.sendmail(sender, to or [f"reports@{DOMAIN}"], message)
        return client.send_message(message, sender, to or [message["To"]])


def count(state=None):
    """How many letters are kept."""
    db.session.rollback()
    query = select(func.count()).select_from(IncomingLetter)
    return db.session.execute(
        query.where(IncomingLetter.state == state) if state else query
    ).scalar()


def test_a_letter_becomes_news_for_the_rooms_above(house, received):
    message = letter("De lamp is stuk.\n\n-- \nAna Pop\n+31 6 12345678")
    message.add_attachment(photo(), "image", "jpeg", filename="lamp.jpg")
    message.add_attachment(b"%PDF-1.4", "application", "pdf", filename="plan.pdf")
    send(house, message)
    assert count("waiting") == 1
    raw = db.session.execute(text("select content from incoming_letter")).scalar()
    assert "De lamp is stuk" not in raw, "kept sealed"
    run_pending(db.session)
    (event,) = received
    assert (event.purpose, event.subject_kind, event.account_id) == ("report", None, None)
    assert (event.sender_email, event.sender_name) == ("ana@people.example", "Ana Pop")
    assert (event.subject, event.text) == ("Dark lamp", "De lamp is stuk.")
    assert len(event.photos) == 1
    assert event.files_refused == 1
    assert count("handled") == 1
    assert db.session.execute(select(IncomingLetter.content)).scalar() is None
    run_pending(db.session)
    assert len(received) == 1


def test_the_same_letter_is_kept_once(house, received):
    for _ in range(3):
        send(house, letter())
    send(house, letter(message_id="<2@people.example>"))
    run_pending(db.session)
    assert len(received) == 2


@pytest.mark.parametrize(
    "address",
    [
        "nobody@post.city.example",
        "reports@elsewhere.example",
        "reply+0000@post.city.example",
        "reply+@post.city.example",
        "reply+../../etc@post.city.example",
        "reports+x@post.city.example",
    ],
)
def test_other_addresses_are_refused(house, address):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send(house, letter(), to=[address])
    assert next(iter(refusal.value.recipients.values()))[0] == 550
    assert count() == 0


def test_a_reply_finds_its_subject(house, received, mail_sink):
    tell(db.session, Recipient.address("ana@people.example", language="nl"), replies=True)
    run_pending(db.session)
    (told,) = mail_sink.wait_for(1)
    assert told["Reply-To"].startswith("reply+")
    quoted = "\n".join("> " + line for line in told.get_body(("plain",)).get_content().split("\n"))
    said = "On Mon, 4 May 2026 at 12:00, City <city@city.example> wrote:"
    body = f"Thank you, it works again.\n\n{said}\n{quoted}"
    send(house, letter(body, to=told["Reply-To"].upper(), In_Reply_To=told["Message-ID"]))
    run_pending(db.session)
    (event,) = received
    assert (event.purpose, event.subject_kind, event.subject_id) == ("reply", "report", "r1")
    assert event.text == "Thank you, it works again."
    assert event.from_reader
    assert event.language == "nl"
    send(
        house, letter("Me too.", sender="eve@evil.example", to=told["Reply-To"], message_id="<9@x>")
    )
    run_pending(db.session)
    assert not received[-1].from_reader


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=x"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<list.example>"},
        {"sender": "City <city@city.example>"},
        {"sender": f"reports@{DOMAIN}"},
        {"sender": f"reply+abc@{DOMAIN}"},
    ],
)
def test_machines_and_circles_are_not_answered(house, received, headers, mail_sink):
    send(house, letter(**headers))
    run_pending(db.session)
    assert received == []
    assert count() == 0
    assert mail_sink.letters == []


def test_a_bounce_is_taken_and_forgotten(house, received):
    send(house, letter(), sender="")
    assert count() == 0


def test_too_large_and_too_deep_letters_are_refused(house):
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        send(house, b"From: a@a.example\r\n\r\n" + (b"x" * 76 + b"\r\n") * 330_000)
    assert refusal.value.smtp_code == 552
    deep = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(3000)
    )
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        send(house, ("From: a@a.example\r\n" + deep).encode())
    assert refusal.value.smtp_code == 554
    assert count() == 0


def test_a_letter_is_not_acknowledged_while_the_database_is_away(house, monkeypatch):
    from backend.notifications import inbound

    def away(*_args):
        raise OSError("no database")

    monkeypatch.setattr(inbound, "keep_letter", away)
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        send(house, letter())
    assert refusal.value.smtp_code == 451


def test_one_sender_cannot_flood(house, monkeypatch):
    from backend.notifications import inbound

    monkeypatch.setattr(inbound, "PER_SENDER", "3 per hour")
    for number in range(3):
        send(house, letter(message_id=f"<{number}@x>"))
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        send(house, letter(message_id="<4@x>"))
    assert refusal.value.smtp_code == 450
    send(house, letter(sender="ben@people.example", message_id="<5@x>"))
    assert count() == 4


def test_a_listener_that_fails_leaves_the_letter_for_another_try(house, monkeypatch, clock):
    told = []

    def fails(_session, event):
        told.append(event)
        if len(told) == 1:
            raise RuntimeError("not now")

    monkeypatch.setitem(events._listeners, LetterReceived, [fails])
    send(house, letter())
    run_pending(db.session)
    assert count("waiting") == 1
    clock.move_to("2026-05-04T12:10:00Z")
    run_pending(db.session)
    assert [event.text for event in told] == ["The lamp at the corner is dark."] * 2
    assert count("handled") == 1


# Reading strangers' letters ----------------------------------------------------------------------


@given(st.binary(max_size=3000))
def test_any_bytes_can_be_opened(content):
    opened = open_letter(content)
    assert "\x00" not in opened.text
    opened.text.encode()
    opened.subject.encode()


@given(
    st.text(max_size=300),
    st.sampled_from(["utf-8", "latin-1", "x-unknown", "utf-7", "idna", "unicode_escape"]),
)
def test_any_charset_can_be_claimed(words, charset):
    body = f'From: a@a.example\nContent-Type: text/plain; charset="{charset}"\n\n'.encode()
    open_letter(body + words.encode("utf-8", "replace")).text.encode()


def test_html_alone_is_read_as_words():
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body>"
        "<p>The&nbsp;lamp is <b>dark</b>."
        "<br>Since Monday</p><script>evil()</script>"
        "<blockquote><p>old words</p></blockquote></body>"
    )
    assert text_of_html(page) == "The lamp is dark.\nSince Monday\n\n> old words"
    assert own_words(text_of_html(page), reply=True) == "The lamp is dark.\nSince Monday"


def test_hostile_html_takes_no_time():
    import time

    for evil in (
        "<" * 400_000,
        "<a " * 130_000,
        "<!--" * 100_000,
        "&" * 400_000,
        "<p>" * 130_000,
        "&#x" * 130_000,
    ):
        started = time.process_time()
        own_words(text_of_html(evil), reply=True)
        assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("Thanks!\n\nOn 4 May 2026 the City wrote:\n> hello", "Thanks!"),
        ("Bedankt\n\nOp ma 4 mei 2026 om 12:00 schreef Stad <a@b.nl>:\n\n> hallo", "Bedankt"),
        ("Mulțumesc\n\nPe lun., 4 mai 2026, Orașul a scris:\n> salut", "Mulțumesc"),
        ("Danke\n\nAm 04.05.2026 um 12:00 schrieb Stadt <a@b.de>:\n> hallo", "Danke"),
        (
            "Yes\n\nOn Mon, 4 May 2026 at 12:00, The City\n<city@city.example> wrote:\n> x",
            "Yes",
        ),
        ("Yes\n\n-----Original Message-----\nFrom: City\nSent: now\nTo: me\n\nhello", "Yes"),
        (
            "Ja\n________________\nVan: Stad <a@b>\nVerzonden: nu\nAan: Ana\nOnderwerp: x\n\ny",
            "Ja",
        ),
        ("Below.\n\n-- >8 -- Write your reply above this line.\n\nThe city answered", "Below."),
        ("Fine\n\nSent from my iPhone", "Fine"),
        ("Goed\n\nVerstuurd vanaf mijn iPhone\n", "Goed"),
        ("Ok\n-- \nAna Pop\nDirector", "Ok"),
        ("> Is it mended?\nNo.\n> When?\nToday.", "No.\nToday."),
        (
            "On 4 May the City wrote:\n> Is it mended?\nNo, it is not.\n> When?\nToday.",
            "On 4 May the City wrote:\nNo, it is not.\nToday.",
        ),
        ("On Monday the lamp was dark. From: home", "On Monday the lamp was dark. From: home"),
        ("> only quoted", "> only quoted"),
    ],
)
def test_what_somebody_wrote_themselves(body, kept):
    assert own_words(body, reply=True) == kept


@given(st.text(max_size=2000))
def test_no_text_is_lost_whole(body):
    words = own_words(body, reply=True)
    assert bool(words) == bool(body.strip())


def test_long_lines_take_no_time():
    import time

    for evil in (
        "on " * 100_000,
        "- " * 100_000,
        "From: " * 60_000,
        "\n> " * 100_000,
        "on x wrote:\n" * 20_000,
        "_" * 300_000 + "x",
    ):
        started = time.process_time()
        own_words(evil, reply=True)
        assert time.process_time() - started < 2
