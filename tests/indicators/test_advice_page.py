"""The page that says what the figures advise, with the evidence beside every finding."""

from __future__ import annotations

from lxml import html

from backend.indicators.recommending import advice


def _page(client, path: str = "/indicators/advice"):
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def test_before_anything_is_computed_the_page_says_so(client) -> None:
    assert not _page(client).xpath("//section[starts-with(@aria-labelledby, 'rule-')]")


def test_each_finding_stands_with_its_figures_and_what_may_be_done(computed) -> None:
    client = computed.test_client()
    page = _page(client)
    assert page.xpath("//nav//a[@href='/indicators/advice']")
    findings = page.xpath("//section[starts-with(@aria-labelledby, 'rule-')]")
    assert findings
    for finding in findings:
        rule = finding.get("aria-labelledby").removeprefix("rule-")
        assert finding.xpath("normalize-space(.//h2)") == advice().title(rule, "en")
        assert finding.xpath(".//ul/li")
        rows = finding.xpath(".//table//tbody/tr")
        assert rows or finding.xpath(".//details//li")
        for row in rows:
            cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
            assert all(cells)
            assert {"sure", "likely", "a hint"} & set(cells)
    german = client.get("/indicators/advice", headers={"Accept-Language": "de"})
    titles = [advice().title(rule.id, "de") for rule in advice().rules]
    assert any(title in german.get_data(as_text=True) for title in titles)
