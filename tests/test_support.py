"""What the other tests stand on: servers of their own, clean databases, peers that answer."""

import smtplib
from pathlib import Path

import fsspec
import psycopg
import pysqlite3.dbapi2 as sqlite3
import pytest
import redis
import requests
from sqlalchemy import create_engine, func, select, text

from backend.core.clock import utcnow
from backend.core.jobs import Job
from tests.support import databases, servers
from tests.support.peers import MailSink


def _schema(url: str) -> None:
    engine = create_engine(url)
    kind = "integer primary key" if url.startswith("sqlite") else "serial primary key"
    with engine.begin() as connection:
        connection.execute(text(f"create table words (id {kind}, word text)"))
        connection.execute(text("insert into words (word) values ('first')"))
        connection.execute(text("create table empty (id integer primary key)"))
    engine.dispose()


def _words(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [word for (word,) in connection.execute(text("select word from words order by id"))]
    engine.dispose()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def small_database(request: pytest.FixtureRequest, tmp_path: Path):
    if request.param == "sqlite":
        yield databases.SqliteDatabase(tmp_path, _schema)
        return
    try:
        database = databases.PostgresDatabase(servers.postgres_server(), _schema)
    except servers.Missing as missing:
        servers.skip_or_fail(missing)
        raise
    yield database
    database.drop()


def test_cleaning_brings_back_the_first_rows(small_database) -> None:
    engine = create_engine(small_database.url)
    with engine.begin() as connection:
        connection.execute(text("delete from words"))
        connection.execute(text("insert into words (word) values ('other'), ('more')"))
        connection.execute(text("insert into empty (id) values (7)"))
    small_database.clean()
    assert _words(small_database.url) == ["first"]
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from empty")).scalar() == 0
    engine.dispose()


def test_a_private_postgresql_starts_even_for_root() -> None:
    try:
        url = servers._private_postgres()
    except servers.Missing as missing:
        servers.skip_or_fail(missing)
        raise
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_redis_is_real_and_empty(redis_url: str) -> None:
    connection = redis.Redis.from_url(redis_url)
    assert connection.dbsize() == 0
    connection.set("a", "b")
    assert connection.get("a") == b"b"


def test_the_letter_box_keeps_what_it_is_sent(mail_sink: MailSink) -> None:
    with smtplib.SMTP(mail_sink.host, mail_sink.port, timeout=5) as sender:
        sender.sendmail("a@city.example", ["b@city.example"], "Subject: Hello\r\n\r\nA letter")
    assert mail_sink.wait_for(1)[0]["Subject"] == "Hello"


def test_object_storage_answers(s3_bucket: tuple[str, str]) -> None:
    url, endpoint = s3_bucket
    files = fsspec.filesystem("s3", client_kwargs={"endpoint_url": endpoint})
    files.pipe(url.removeprefix("s3://") + "/a.txt", b"kept")
    assert files.cat(url.removeprefix("s3://") + "/a.txt") == b"kept"


def test_a_missing_server_fails_the_build_and_skips_a_newcomer(monkeypatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI needs it"):
        servers.skip_or_fail(servers.Missing("no redis-server was found"))
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no redis-server"):
        servers.skip_or_fail(servers.Missing("no redis-server was found"))


def test_the_sqlite_file_can_be_cleaned_under_an_open_reader(tmp_path: Path) -> None:
    database = databases.SqliteDatabase(tmp_path, _schema)
    reader = sqlite3.connect(database.path)
    assert reader.execute("select count(*) from words").fetchone() == (1,)
    database.clean()
    assert reader.execute("select word from words").fetchall() == [("first",)]
    reader.close()


def test_the_house_answers_on_both_databases(client) -> None:
    answer = client.get("/health/live")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "live"}


def test_a_server_for_browsers_answers(live_server: str) -> None:
    assert requests.get(f"{live_server}/health/live", timeout=5).json() == {"status": "live"}


@pytest.mark.parametrize("round_", [1, 2])
def test_what_one_test_writes_the_next_does_not_see(session, round_: int) -> None:
    assert session.scalar(select(func.count()).select_from(Job)) == 0
    session.add(
        Job(
            name="core.nothing",
            payload={},
            state="dead",
            run_at=utcnow(),
            attempts=1,
            created_at=utcnow(),
        )
    )
    session.commit()


def test_a_house_with_other_settings(make_app, redis_url: str) -> None:
    app = make_app(redis_url=redis_url)
    assert app.test_client().get("/health/live").status_code == 200
