"""The reference of the API, for machines and for people."""

from openapi_spec_validator import validate


def test_the_document_is_valid_openapi(client) -> None:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.1")
    validate(answer.json)
    again = client.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_people_can_read_every_operation(client) -> None:
    page = client.get("/docs", headers={"Accept": "text/html"}).get_data(as_text=True)
    paths = client.get("/openapi.json").json["paths"]
    missing = [path for path in paths if f"<code>{path}</code>" not in page]
    assert missing == []
