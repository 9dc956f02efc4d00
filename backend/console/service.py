"""What the operator does from the desk: invite a colleague, try jobs again."""

from sqlalchemy.orm import Session

from backend.accounts.queries import find_account_by_email
from backend.accounts.service import create_account, grant_role, require_recent_proof
from backend.core import jobs, ledger
from backend.core.actor import Actor
from backend.core.i18n import _, force_locale
from backend.core.mail import Letter, send_later
from backend.core.policy import authorise
from backend.core.problems import Conflict, NotFound

STREAM = "operations"


def invite_colleague(
    session: Session,
    actor: Actor,
    email: str,
    name: str,
    role: str,
    *,
    department_id: int | None = None,
    language: str = "en",
    sign_in_url: str = "/sign-in",
) -> str:
    """Give somebody a role and tell them by letter; who holds the address signs in with it.

    Nothing works before they proved the address by a code and added a second factor.
    """
    authorise(actor, "role.grant")
    require_recent_proof(session, actor)
    known = find_account_by_email(session, email)
    if known is None:
        account_id = create_account(
            session, email=email, name=name, language=language, verified=True, method="invitation"
        )
    else:
        account_id = known.id
    granted = grant_role(session, actor, account_id, role, department_id=department_id)
    found = find_account_by_email(session, email)
    with force_locale(known.language if known else language):
        lines = [
            _("A colleague has given you access to the desk of city hall."),
            _("Sign in with this e-mail address:") + f"\n{sign_in_url}",
            _("At the first time you are asked to add a second step, for example an app."),
        ]
        letter = Letter(to=email, subject=_("Your access to city hall"), text="\n\n".join(lines))
    send_later(session, letter)
    ledger.append(
        session, "accounts", found.public_id if found else "?", "invited", actor.key, {"role": role}
    )
    return granted


def requeue_jobs(session: Session, actor: Actor, job_id: int | None = None) -> int:
    """Try one dead job again, or all of them; how many."""
    authorise(actor, "console.operate")
    number = jobs.requeue(session, job_id)
    if not number:
        raise NotFound() if job_id else Conflict(_("No job is dead."))
    subject = f"job-{job_id}" if job_id else "jobs"
    ledger.append(session, STREAM, subject, "requeued", actor.key, {"number": number})
    return number
