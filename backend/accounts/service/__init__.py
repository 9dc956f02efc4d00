"""What can be done with accounts, in the words of the house."""

from backend.accounts.service.accounts import (
    change_account,
    create_account,
    disable_account,
    enable_account,
    make_demo_account,
)
from backend.accounts.service.devices import (
    drop_device,
    move_device,
    register_device,
    remove_device,
)
from backend.accounts.service.erasure import ask_for_erasure, erase_account, replay_erasures
from backend.accounts.service.export import ask_for_export, read_export
from backend.accounts.service.organisations import (
    accept_invitation,
    change_organisation,
    decide_organisation,
    invite_member,
    register_organisation,
    remove_member,
)
from backend.accounts.service.partners import (
    create_api_key,
    keep_known_key,
    revoke_api_key,
    rotate_api_key,
)
from backend.accounts.service.passkeys import (
    add_passkey,
    begin_passkey,
    begin_passkey_sign_in,
    remove_passkey,
    sign_in_by_passkey,
)
from backend.accounts.service.passwords import (
    remove_password,
    set_password,
    sign_in_by_password,
)
from backend.accounts.service.profile import (
    age_bands,
    department_id_of,
    district_id_of,
    give_consent,
    set_statistics_profile,
    withdraw_consent,
)
from backend.accounts.service.proof import (
    finish_email_change,
    prove_by_code,
    prove_by_password,
    start_email_change,
    start_proof_by_code,
)
from backend.accounts.service.residence import (
    ask_for_letter,
    confirm_at_desk,
    import_register,
    letters_to_print,
    mark_letters_sent,
    prove_by_letter,
    prove_by_register,
    withdraw_letter,
)
from backend.accounts.service.roles import grant_role, revoke_role
from backend.accounts.service.rotation import remark
from backend.accounts.service.second_factor import (
    confirm_totp,
    enrol_totp,
    prove_by_passkey,
    prove_second_factor,
    remove_totp,
    renew_recovery_codes,
    reset_second_factor,
)
from backend.accounts.service.sessions import (
    SignedIn,
    end_all_sessions,
    end_other_sessions,
    end_session,
    end_session_of,
    require_recent_proof,
    start_session,
)
from backend.accounts.service.sign_in import sign_in, sign_in_by_code, start_sign_in

__all__ = [
    "SignedIn",
    "accept_invitation",
    "add_passkey",
    "age_bands",
    "ask_for_erasure",
    "ask_for_export",
    "ask_for_letter",
    "begin_passkey",
    "begin_passkey_sign_in",
    "change_account",
    "change_organisation",
    "confirm_at_desk",
    "confirm_totp",
    "create_account",
    "create_api_key",
    "decide_organisation",
    "department_id_of",
    "disable_account",
    "district_id_of",
    "drop_device",
    "enable_account",
    "end_all_sessions",
    "end_other_sessions",
    "end_session",
    "end_session_of",
    "enrol_totp",
    "erase_account",
    "finish_email_change",
    "give_consent",
    "grant_role",
    "import_register",
    "invite_member",
    "keep_known_key",
    "letters_to_print",
    "make_demo_account",
    "mark_letters_sent",
    "move_device",
    "prove_by_code",
    "prove_by_letter",
    "prove_by_passkey",
    "prove_by_password",
    "prove_by_register",
    "prove_second_factor",
    "read_export",
    "register_device",
    "register_organisation",
    "remark",
    "remove_device",
    "remove_member",
    "remove_passkey",
    "remove_password",
    "remove_totp",
    "renew_recovery_codes",
    "replay_erasures",
    "require_recent_proof",
    "reset_second_factor",
    "revoke_api_key",
    "revoke_role",
    "rotate_api_key",
    "set_password",
    "set_statistics_profile",
    "sign_in",
    "sign_in_by_code",
    "sign_in_by_passkey",
    "sign_in_by_password",
    "start_email_change",
    "start_proof_by_code",
    "start_session",
    "start_sign_in",
    "withdraw_consent",
    "withdraw_letter",
]
