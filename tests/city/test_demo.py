"""The invented history: whole, repeatable, and lying where and when it may."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from backend.city.danger import DangerWords
from backend.city.demo import PHOTO_KINDS, DemoReport, PhotoRecipe, demo_reports, draw_photo
from backend.city.ground import Ground
from backend.city.pack import read_pack
from tests.city.conftest import COMPONENTS, DEMO

UNTIL = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def history() -> list[DemoReport]:
    """The history up to a fixed day."""
    return list(demo_reports(DEMO, 1, UNTIL))


def test_the_texts_are_many_and_fit_the_catalogue() -> None:
    pack = read_pack(DEMO, COMPONENTS)
    services = {service.code: service for service in pack.services}
    lines = (DEMO / "history" / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    assert len({text["text"] for text in texts}) == len(texts) >= 250
    assert {text["service"] for text in texts} == set(services)
    for text in texts:
        assert text["kind"] in services[text["service"]].kinds, text
        assert text.get("photo") in (None, *PHOTO_KINDS), text
        assert set(re.findall(r"{(\w+)}", text["text"])) <= {"street"}, text


def test_about_two_thousand_over_eighteen_months(history: list[DemoReport]) -> None:
    assert 1900 <= len(history) <= 2100
    assert [r.created_at for r in history] == sorted(r.created_at for r in history)
    assert (
        timedelta(days=530) < history[-1].created_at - history[0].created_at < timedelta(days=550)
    )
    assert len({report.client_id for report in history}) == len(history)
    assert set(Counter(r.language for r in history)) == {"nl", "en", "ro", "de"}
    statuses = Counter(report.status for report in history)
    for status in (
        "received",
        "assigned",
        "in_progress",
        "planned",
        "resolved",
        "no_action",
        "not_ours",
        "duplicate",
        "withdrawn",
    ):
        assert statuses[status] > 0, status


def test_the_same_dice_give_the_same_history(history: list[DemoReport]) -> None:
    assert list(demo_reports(DEMO, 1, UNTIL)) == history
    assert [r.client_id for r in demo_reports(DEMO, 2, UNTIL)] != [r.client_id for r in history]


def test_every_place_lies_in_its_district(history: list[DemoReport]) -> None:
    pack = read_pack(DEMO, COMPONENTS)
    ground = Ground([(i, d.geometry) for i, d in enumerate(pack.districts)])
    for report in history:
        if report.lon is None or report.lat is None:
            assert report.service in ("counter", "information", "work")
            continue
        found = ground.district_at(report.lon, report.lat)
        assert found is not None
        assert pack.districts[found].code == report.district
        assert report.address


def test_nothing_happens_before_its_time(history: list[DemoReport]) -> None:
    began = {report.client_id: report.created_at for report in history}
    for report in history:
        moments = [report.created_at, *(step.at for step in report.timeline)]
        assert moments == sorted(moments)
        assert moments[-1] < UNTIL
        assert all(report.created_at <= at < UNTIL for at in report.confirmed_at)
        for step in report.timeline:
            assert step.text or step.status == "withdrawn"
            assert bool(step.forwarded_to) == (step.status == "not_ours")
        if report.duplicate_of:
            assert began[report.duplicate_of] < report.created_at


def test_answers_fit_the_questions(history: list[DemoReport]) -> None:
    services = {s.code: s for s in read_pack(DEMO, COMPONENTS).services}
    for report in history:
        questions = {q["code"]: q for q in services[report.service].questions}
        assert set(report.answers) <= set(questions)
        for code, question in questions.items():
            if question["required"] and not question["when"]:
                assert code in report.answers
            keys = {value["key"] for value in question["values"]}
            if code in report.answers and keys:
                given = report.answers[code]
                assert set(given if isinstance(given, list) else [given]) <= keys


def test_a_storm_is_felt(history: list[DemoReport]) -> None:
    by_day = Counter(report.created_at.date() for report in history)
    ordinary = sorted(by_day.values())[len(by_day) // 2]
    assert max(by_day.values()) > 8 * ordinary


def test_few_texts_speak_of_danger(history: list[DemoReport]) -> None:
    danger = DangerWords(read_pack(DEMO, COMPONENTS).phrases)
    alarmed = [report.text for report in history if danger.found_in(report.text)]
    assert len(alarmed) < len(history) / 50


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_every_photo_can_be_drawn(kind: str) -> None:
    data = draw_photo(PhotoRecipe(kind, 7, night=kind == "lamp"))
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == ("JPEG", (960, 720))
    assert not image.getexif()
    assert 10_000 < len(data) < 200_000


def test_a_photo_is_the_same_twice() -> None:
    assert draw_photo(PhotoRecipe("bin", 1)) == draw_photo(PhotoRecipe("bin", 1))
    assert draw_photo(PhotoRecipe("bin", 1)) != draw_photo(PhotoRecipe("bin", 2))
