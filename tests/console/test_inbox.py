"""The inbox: views with their numbers, filters, pages, and keeping one's place."""

from __future__ import annotations

import re

from tests.console.conftest import Town


def titles(page: str) -> list[str]:
    """The titles of the list."""
    return re.findall(r"data-line>\s*<span[^>]*>(.*?)</span>", page, re.DOTALL)


def test_a_stranger_is_led_to_the_sign_in(city: Town) -> None:
    answer = city.app.test_client().get("/console/inbox/triage", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Fconsole%2Finbox%2Ftriage"


def test_a_department_sees_its_own_and_triage_sees_all(city: Town) -> None:
    city.tell("Deep pothole in the road beside the bridge", service="pothole")
    city.tell("Rubbish bags in front of the school", service="rubbish")
    roads = city.desk("department", department="roads", name="Rita Roads")
    assert titles(roads.get("/console/inbox/triage")) == [
        "Deep pothole in the road beside the bridge"
    ]
    assert len(titles(city.desk("triage").get("/console/inbox/triage"))) == 2


def test_every_view_has_its_number(city: Town) -> None:
    late = city.tell("Deep pothole in the road beside the bridge", service="pothole")
    city.age(late, days=3)
    desk = city.desk("triage")
    page = desk.get("/console/inbox/overdue")
    assert titles(page) == ["Deep pothole in the road beside the bridge"]
    assert re.search(
        r'href="/console/inbox/overdue"[^>]*>.*?<span class="badge badge--strong">1<',
        page,
        re.DOTALL,
    )
    assert not titles(desk.get("/console/inbox/disputed"))
    assert "Nobody disputes a closing" in desk.page


def test_filters_and_words_narrow_the_list(city: Town) -> None:
    city.tell("Deep pothole in the road beside the bridge", service="pothole")
    other = city.tell("Rubbish bags in front of the school", service="rubbish")
    desk = city.desk("triage")
    assert len(titles(desk.get("/console/inbox/open?service=rubbish"))) == 1
    assert len(titles(desk.get("/console/inbox/open?q=pothole"))) == 1
    assert not titles(desk.get("/console/inbox/open?q=giraffe"))
    assert "Nothing fits these filters" in desk.page
    answer = desk.client.get(f"/console/inbox/open?q={other[:4]}-{other[4:].upper()}")
    assert answer.headers["Location"] == f"/console/inbox/open/{other}"


def test_pages_and_neighbours_keep_the_place(city: Town) -> None:
    told = [city.tell(f"Pothole number {n} in the road", judged=False) for n in range(33)]
    desk = city.desk("triage")
    first = desk.get("/console/inbox/triage")
    assert len(titles(first)) == 30
    assert f"/console/inbox/triage/{told[-1]}" in first
    further = re.search(r'href="([^"]+after=[^"]+)" rel="next"', first)
    assert further
    second = desk.get(further[1].replace("&amp;", "&"))
    assert titles(second) == [f"Pothole number {n} in the road" for n in (2, 1, 0)]
    back = re.search(r'href="([^"]+before=[^"]+)" rel="prev"', second)
    assert back
    assert titles(desk.get(back[1].replace("&amp;", "&"))) == titles(first)
    # Walk from the last of the first page onto the second one and back.
    page = desk.get(f"/console/inbox/triage/{told[3]}")
    onward = re.search(r'href="([^"]+)" rel="next" data-key', page)
    assert onward
    assert told[2] in onward[1]
    assert "after=" in onward[1]
    page = desk.get(onward[1].replace("&amp;", "&"))
    assert len(titles(page)) == 3
    backward = re.search(r'href="([^"]+)" rel="prev" data-key', page)
    assert backward
    assert told[3] in backward[1]
    assert "before=" in backward[1]


def test_the_inbox_asks_few_questions(city: Town, count_queries) -> None:
    for n in range(12):
        city.tell(f"Deep pothole number {n} in the road", service="pothole")
    desk = city.desk("triage")
    desk.get("/console/inbox/triage")
    with count_queries() as few:
        desk.get("/console/inbox/triage")
    assert few.number <= 12, few.statements
