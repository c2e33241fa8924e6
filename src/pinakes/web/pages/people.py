"""The routes of accounts and their administration."""

from __future__ import annotations

from starlette.routing import Route

from pinakes.web.http.rights import needs
from pinakes.web.pages import account, entering, log, users

_POST = ["POST"]
_USER = "/admin/users/{number:whole}"
ROUTES = (
    Route("/login", needs("anyone", entering.login)),
    Route("/login", needs("anyone", entering.log_in, "login"), methods=_POST),
    Route("/logout", needs("anyone", entering.log_out), methods=_POST),
    Route("/register", needs("anyone", entering.register)),
    Route("/register", needs("anyone", entering.sign_up, "login"), methods=_POST),
    Route("/reset", needs("anyone", entering.reset, "login")),
    Route("/reset", needs("anyone", entering.choose, "login"), methods=_POST),
    Route("/account", needs("reader", account.account)),
    Route("/account/data", needs("reader", account.data, "costly"), methods=_POST),
    Route("/account/profile", needs("reader", account.profile), methods=_POST),
    Route("/account/password", needs("reader", account.password, "login"), methods=_POST),
    Route("/account/tokens", needs("reader", account.make_token, "costly"), methods=_POST),
    Route("/account/tokens/{number:whole}/revoke", needs("reader", account.revoke), methods=_POST),
    Route("/account/delete", needs("reader", account.leave, "login"), methods=_POST),
    Route("/admin/users", needs("administrator", users.users)),
    Route("/admin/users", needs("administrator", users.add), methods=_POST),
    Route("/admin/invitations", needs("administrator", users.invite), methods=_POST),
    Route("/admin/invitations/withdraw", needs("administrator", users.withdraw), methods=_POST),
    Route(_USER, needs("administrator", users.user)),
    Route(_USER, needs("administrator", users.edit), methods=_POST),
    Route(f"{_USER}/role", needs("administrator", users.role), methods=_POST),
    Route(f"{_USER}/lock", needs("administrator", users.lock), methods=_POST),
    Route(f"{_USER}/unlock", needs("administrator", users.unlock), methods=_POST),
    Route(f"{_USER}/reset", needs("administrator", users.reset), methods=_POST),
    Route(f"{_USER}/remove", needs("administrator", users.remove), methods=_POST),
    Route("/admin/audit", needs("administrator", log.log)),
)
