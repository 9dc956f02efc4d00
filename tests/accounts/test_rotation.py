"""After the secret key was changed, people are still found and can still sign in."""

from sqlalchemy import select

from backend.accounts import queries, service
from backend.accounts.models import Account
from backend.core.crypto import use_keys
from tests.support.house import SECRET

NEW = "another-secret-0123456789-zyxwvutsrqponm"


def test_people_are_found_during_and_after_a_rotation(person, session) -> None:
    who = person()
    service.register_device(session, who.actor, "fcm", "token-of-the-device")
    session.commit()
    before = session.execute(select(Account.email_mac).where(Account.id == who.id)).scalar()
    try:
        use_keys(NEW, (SECRET,))
        assert queries.find_account_by_email(session, who.email).id == who.id
        assert service.create_account(session, email=who.email, verified=True) == who.id
        assert service.remark(session) >= 2
        assert service.remark(session) == 0
        after = session.execute(select(Account.email_mac).where(Account.id == who.id)).scalar()
        assert after != before
        service.register_device(session, who.actor, "fcm", "token-of-the-device")
        assert len(queries.devices_of(session, [who.id])) == 1
    finally:
        use_keys(SECRET)
        session.rollback()
