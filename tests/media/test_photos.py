"""Photos: what is taken in, what leaves, and who may see it."""

import io
import struct

import pytest
from PIL import Image, PngImagePlugin

from backend.core.actor import ANONYMOUS, Actor
from backend.core.problems import Invalid, NotFound
from backend.core.storage import storage
from backend.media import queries, service
from backend.media.develop import develop

CANARY = b"canary-7f3a"
CLERK = Actor(kind="person", account_id=1, public_id="c" * 16, roles=frozenset({"triage"}))


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 20).convert("RGB").save(out, form, **options)
    return out.getvalue()


def with_camera_notes() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 3.0, 0.0), 3: "E", 4: (4.0, 30.0, 0.0)})
    exif.get_ifd(0x8769).update({0x9003: "2026:05:01 12:00:00", 0x9286: CANARY})
    return picture(exif=exif, comment=CANARY)


def test_place_and_time_are_offered_and_leave_no_trace() -> None:
    photo = develop(with_camera_notes() + CANARY)
    assert photo.gps == pytest.approx((4.5, 52.05))
    assert photo.taken_at == "2026-05-01T12:00:00"
    for data in photo.images.values():
        assert CANARY not in data
        opened = Image.open(io.BytesIO(data))
        assert not opened.getexif()
        assert "comment" not in opened.info


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_promised_format_becomes_three_jpegs(form: str) -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    photo = develop(picture(form, (3000, 1500)))
    assert photo.sizes == {"small": (400, 200), "medium": (1024, 512), "large": (2048, 1024)}
    assert all(data.startswith(b"\xff\xd8") for data in photo.images.values())


def test_text_inside_a_png_is_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", CANARY.decode())
    assert all(CANARY not in d for d in develop(picture("PNG", pnginfo=notes)).images.values())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7 nothing",
        picture()[:900],
        picture("GIF"),
        picture("TIFF"),
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0)
        + b"xxxx",
    ],
    ids=["empty", "svg", "pdf", "cut", "gif", "tiff", "bomb"],
)
def test_what_is_no_photo_is_refused_with_a_remedy(app, data: bytes) -> None:
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        develop(data)
    assert refused.value.errors["photos"]


def test_a_flood_of_pixels_is_refused_before_it_is_decoded(app) -> None:
    out = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(out, "PNG")
    with app.test_request_context(), pytest.raises(Invalid):
        develop(out.getvalue())


def test_only_what_is_attached_and_public_is_seen(app, session) -> None:
    info = service.keep(session, ANONYMOUS, develop(picture()))
    session.commit()
    with pytest.raises(NotFound):
        service.readable(session, ANONYMOUS, info.public_id)
    service.attach(session, [info.public_id], "thing", "t1", public=True)
    session.commit()
    assert service.readable(session, ANONYMOUS, info.public_id).public
    service.hide(session, CLERK, info.public_id, "shows a face")
    session.commit()
    with pytest.raises(NotFound):
        service.readable(session, ANONYMOUS, info.public_id)
    assert queries.photos_of(session, "thing", ["t1"]) == {}
    assert service.readable(session, CLERK, info.public_id).hidden


def test_a_photo_can_be_given_once(app, session) -> None:
    info = service.keep(session, ANONYMOUS, develop(picture()))
    service.attach(session, [info.public_id], "thing", "t1", public=True)
    with pytest.raises(Invalid):
        service.attach(session, [info.public_id], "thing", "t2", public=True)


def test_forgetting_removes_rows_and_files(app, session) -> None:
    info = service.keep(session, ANONYMOUS, develop(picture()))
    service.attach(session, [info.public_id], "thing", "t1", public=True)
    session.commit()
    assert service.forget(session, "thing", ["t1"]) == 1
    session.commit()
    assert queries.find_photo(session, info.public_id) is None
    assert storage().keys(info.folder) == []


def test_upload_over_http_offers_the_place_and_replays(client) -> None:
    def send() -> object:
        return client.post(
            "/api/v1/photos",
            data={"photo": (io.BytesIO(with_camera_notes()), "a.jpg")},
            headers={"Idempotency-Key": "photo-key-1"},
        )

    first, again = send(), send()
    assert first.status_code == again.status_code == 201, first.text
    assert first.json == again.json
    assert first.json["suggested_place"]["coordinates"] == pytest.approx([4.5, 52.05])


def test_photos_on_s3_are_kept_and_forgotten(s3_bucket, make_app) -> None:
    url, endpoint = s3_bucket
    app = make_app(storage_url=url, storage_endpoint=endpoint)
    with app.app_context():
        storage().put("photos/1/small.jpg", b"x")
        assert storage().get("photos/1/small.jpg") == b"x"
        assert storage().keys("photos") == ["photos/1/small.jpg"]
        storage().delete("photos/1/small.jpg")
        assert storage().get("photos/1/small.jpg") is None
