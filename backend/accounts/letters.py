"""The letters of accounts, in the reader's language."""

from sqlalchemy.orm import Session

from backend.core.i18n import _, force_locale
from backend.core.mail import Letter, send_later

LINK_PATH = "/sign-in/link"


def _spaced(code: str) -> str:
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def send_code(
    session: Session, *, to: str, language: str, code: str, link: str | None = None
) -> None:
    """Send a code, and the link that does the same, to the address that asked for it."""
    with force_locale(language):
        parts = [_("Your code is %(code)s", code=_spaced(code))]
        if link:
            parts.append(
                _("Or open this link in the browser in which you asked for it:") + f"\n{link}"
            )
        parts.append(_("It works once, for ten minutes."))
        parts.append(
            _("If you did not ask for it, you need do nothing. Give this code to nobody: ")
            + _("we never ask for it by telephone or by e-mail.")
        )
        send_later(session, Letter(to=to, subject=_("Your code"), text="\n\n".join(parts) + "\n"))


def send_notice(session: Session, *, to: str, language: str, what: str) -> None:
    """Tell the holder of an account that something about its safety was changed."""
    with force_locale(language):
        texts = {
            "email": _("The e-mail address of your account was changed."),
            "password": _("The password of your account was changed."),
            "second_factor": _("The second step of signing in to your account was changed."),
            "passkey": _("A passkey was added to your account."),
            "erased": _("Your account and your personal data are being erased."),
        }
        text = "\n\n".join(
            [
                texts[what],
                _("If this was not you, tell the city at once."),
            ]
        )
        send_later(session, Letter(to=to, subject=_("Your account"), text=text + "\n"))
