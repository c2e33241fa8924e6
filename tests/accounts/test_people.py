"""People, their sessions, tokens and links, and the log of what they did."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, insert, select

from pinakes.accounts import audit, entering, invitations, owning, people, sessions, stewarding, tokens
from pinakes.accounts.secret import drawn, hashed
from pinakes.accounts.who import LOCAL, Need, Who, guest
from pinakes.catalogue import schema
from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import BadInput, Conflict, NoRight, NotFound, TooLarge, UnknownName
from pinakes.limits import Limits
from tests.web.people import PASSWORD

pytestmark = pytest.mark.usefixtures("quick_passwords")
HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (guest(searches=False), {"anyone"}),
        (guest(searches=True), {"anyone", "search"}),
        (Who(1, "a", "reader"), {"anyone", "search", "reader"}),
        (Who(1, "a", "editor"), {"anyone", "search", "reader", "editor"}),
        (Who(1, "a", "administrator"), {"anyone", "search", "reader", "editor", "administrator"}),
        (Who(1, "a", "administrator", frozenset({"search", "edit"})), {"anyone", "search", "editor"}),
        (Who(1, "a", "reader", frozenset({"personal", "administer"})), {"anyone", "reader"}),
        (LOCAL, {"anyone", "search", "reader", "editor", "administrator"}),
    ],
)
def test_each_may_what_their_rank_and_their_scopes_let_them(who: Who, may: set[Need]) -> None:
    needs: tuple[Need, ...] = ("anyone", "search", "reader", "editor", "administrator")
    assert {need for need in needs if who.may(need)} == may


def test_names_are_the_same_however_they_are_typed(catalogue: Catalogue) -> None:
    number = stewarding.add(catalogue, None, "Änne.Müller")
    with catalogue.reading() as connection:
        assert people.named(connection, "ÄNNE.MÜLLER ").id == number
    with pytest.raises(Conflict):
        stewarding.add(catalogue, None, "änne.müller")
    for name in ("", "a", "a b", "(local)", "-a", "a" * 65, "a\u202eb", "<script>", "a\n"):
        with pytest.raises(BadInput):
            stewarding.add(catalogue, None, name)


def test_the_first_account_is_an_administrators_and_takes_over_what_was_kept_before(catalogue: Catalogue) -> None:
    local = people.local_user(catalogue)
    assert people.local_user(catalogue) == local
    with catalogue.reading() as connection:
        assert not people.any_accounts(connection)
        assert people.find(connection) == (0, [])
        with pytest.raises(NotFound):
            people.person(connection, local)
    with pytest.raises(Conflict):
        stewarding.add(catalogue, None, "rolf", "reader")
    assert stewarding.add(catalogue, None, "root") == local
    with catalogue.reading() as connection:
        assert people.any_accounts(connection)
        assert people.person(connection, local).rank == "administrator"
    other = stewarding.add(catalogue, None, "rolf")
    with catalogue.reading() as connection:
        assert people.person(connection, other).rank == "reader"


def test_the_last_administrator_can_neither_go_nor_be_made_less(catalogue: Catalogue) -> None:
    root = stewarding.add(catalogue, None, "root", password=PASSWORD)
    other = stewarding.add(catalogue, root, "other", "administrator")
    stewarding.change(catalogue, root, other, state=people.LOCKED)
    for change in ({"rank": "reader"}, {"rank": "editor"}, {"state": people.LOCKED}):
        with pytest.raises(Conflict):
            stewarding.change(catalogue, other, root, **change)
    with pytest.raises(Conflict):
        stewarding.remove(catalogue, root, root)
    with pytest.raises(Conflict):
        entering.leave(catalogue, root, PASSWORD, "10.0.0.1")
    stewarding.change(catalogue, root, other, state=people.ACTIVE)
    stewarding.change(catalogue, other, root, rank="reader")


def test_changes_to_someone_are_made_all_or_not_at_all(catalogue: Catalogue) -> None:
    stewarding.add(catalogue, None, "root")
    number = stewarding.add(catalogue, None, "rolf")
    with pytest.raises(UnknownName):
        stewarding.change(catalogue, None, number, shown="Rolf", rank="king")
    with pytest.raises(BadInput):
        stewarding.change(catalogue, None, number, rank="editor", email="no address")
    with catalogue.reading() as connection:
        one = people.person(connection, number)
    assert (one.shown, one.rank) == ("", "reader")


def test_people_are_found_by_words_in_any_of_their_names(catalogue: Catalogue) -> None:
    for name, shown, email in (
        ("root", "", ""),
        ("anna", "Anna Blum", "anna@example.org"),
        ("ben", "100% Ben", ""),
    ):
        stewarding.add(catalogue, None, name, shown=shown, email=email)
    with catalogue.reading() as connection:
        asked = ("", "BLUM an", "%", "_", "\0")
        found = {words: [one.name for one in people.find(connection, words)[1]] for words in asked}
        assert audit.entries(connection, action="\0") == []
        assert people.find(connection, first=1, limit=1)[0] == 3
        assert [one.name for one in people.find(connection, first=1, limit=1)[1]] == ["ben"]
    assert found == {"": ["anna", "ben", "root"], "BLUM an": ["anna"], "%": ["ben"], "_": [], "\0": []}


@pytest.mark.reliability
def test_a_session_ends_when_idle_when_old_and_at_logging_out(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G5: idle 8 hours, in all 7 days; logging out ends those of other machines too."""
    number, limits = stewarding.add(catalogue, None, "anna", password=PASSWORD), Limits()
    begun = time.time()

    def at(moment: float) -> None:
        monkeypatch.setattr(time, "time", lambda: begun + moment)

    def holds(secret: str, *, used: bool = False) -> bool:
        with catalogue.writing() as connection:
            found = sessions.whose(connection, secret, limits)
            if found and used:
                sessions.touch(connection, secret)
        return found is not None and found.who.number == number

    at(0)
    first, second = (entering.log_in(catalogue, "anna", PASSWORD, "10.0.0.1").secret for _ in range(2))
    assert first != second
    assert holds(first)
    at(8 * HOUR - 1)
    assert holds(second, used=True)
    at(8 * HOUR)
    assert not holds(first)
    assert holds(second)
    for hours in range(15, 7 * 24, 7):
        at(hours * HOUR)
        assert holds(second, used=True)
    at(7 * DAY)
    assert not holds(second)
    third, fourth = (entering.log_in(catalogue, "anna", PASSWORD, "10.0.0.1").secret for _ in range(2))
    with catalogue.reading() as connection:
        kept = set(connection.scalars(select(schema.sessions.c.token_hash)))
    assert kept == {hashed(third), hashed(fourth)}
    entering.log_out(catalogue, third)
    assert not holds(third)
    assert not holds(fourth)


@pytest.mark.reliability
def test_a_new_password_and_a_lock_end_all_sessions(catalogue: Catalogue) -> None:
    """G5: all of them but the one that the new password begins."""
    number = stewarding.add(catalogue, None, "anna", password=PASSWORD)
    stewarding.add(catalogue, None, "root", "administrator")
    old = [entering.log_in(catalogue, "anna", PASSWORD, "10.0.0.1").secret for _ in range(2)]
    new = entering.change_password(catalogue, number, PASSWORD, "another one entirely", "10.0.0.1").secret
    with catalogue.reading() as connection:
        assert [bool(sessions.whose(connection, one, Limits())) for one in (*old, new)] == [False, False, True]
    stewarding.change(catalogue, None, number, state=people.LOCKED)
    with catalogue.reading() as connection:
        assert sessions.whose(connection, new, Limits()) is None
    stewarding.change(catalogue, None, number, state=people.ACTIVE)
    with catalogue.reading() as connection:
        assert sessions.whose(connection, new, Limits()) is None


@pytest.mark.reliability
def test_secrets_have_so_many_random_bits_that_they_can_not_be_guessed() -> None:
    """G5: at least 128."""
    drawn_once = {drawn() for _ in range(200)}
    assert len(drawn_once) == 200
    assert min(map(len, drawn_once)) * 6 >= 256 - 6


def test_a_token_holds_until_its_end_for_its_scopes_alone(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stewarding.add(catalogue, None, "anna")
    stewarding.add(catalogue, None, "root", "administrator")
    who = Who(number, "anna", "administrator")
    token, secret = owning.make_token(catalogue, who, number, "a program", ["search"], 30)
    assert secret.startswith("pinakes_")

    def holder() -> Who | None:
        with catalogue.reading() as connection:
            found = tokens.whose(connection, secret)
        return found[0] if found else None

    assert holder() == Who(number, "anna", "administrator", frozenset({"search"}))
    stewarding.change(catalogue, None, number, state=people.LOCKED)
    assert holder() is None
    stewarding.change(catalogue, None, number, state=people.ACTIVE)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 30 * DAY)
    assert holder() is None
    monkeypatch.setattr(time, "time", lambda: now)
    assert holder() is not None
    owning.revoke_token(catalogue, number, token)
    assert holder() is None
    with pytest.raises(NotFound):
        owning.revoke_token(catalogue, number, token)


def test_a_program_gives_no_other_more_than_it_was_given(catalogue: Catalogue) -> None:
    number = stewarding.add(catalogue, None, "anna")
    program = Who(number, "anna", "administrator", frozenset({"search", "personal"}))
    owning.make_token(catalogue, program, number, "another", ["search"], None)
    with pytest.raises(NoRight):
        owning.make_token(catalogue, program, number, "another", ["search", "administer"], None)
    for scopes, days, error in ((["fly"], 1, UnknownName), ([], 1, BadInput), (["search"], 0, BadInput)):
        with pytest.raises(error):
            owning.make_token(catalogue, program, number, "another", scopes, days)


def test_tokens_of_one_user_have_a_limit(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stewarding.add(catalogue, None, "anna")
    monkeypatch.setattr(tokens, "_MOST", 2)
    who = Who(number, "anna", "administrator")
    for _ in range(2):
        owning.make_token(catalogue, who, number, "a program", ["search"], None)
    with pytest.raises(TooLarge):
        owning.make_token(catalogue, who, number, "a program", ["search"], None)


def test_a_link_lets_one_person_in_once(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    root = stewarding.add(catalogue, None, "root", password=PASSWORD)
    invited = stewarding.invite(catalogue, root, "editor", "for Edith", 14)
    entered = entering.register(catalogue, "edith", PASSWORD, invitation=invited, home=False)
    with catalogue.reading() as connection:
        assert people.person(connection, entered.user).rank == "editor"
        assert invitations.unused(connection) == []
    with pytest.raises(NotFound):
        entering.register(catalogue, "second", PASSWORD, invitation=invited, home=False)
    link = stewarding.reset(catalogue, root, entered.user)
    with pytest.raises(NotFound):
        entering.register(catalogue, "third", PASSWORD, invitation=link, home=False)
    older, link = link, stewarding.reset(catalogue, root, entered.user)
    for used in (older, invited, "made up"):
        with pytest.raises(NotFound):
            entering.choose_anew(catalogue, used, "another one entirely")
    entering.choose_anew(catalogue, link, "another one entirely")
    entering.log_in(catalogue, "edith", "another one entirely", "10.0.0.1")
    with pytest.raises(NotFound):
        entering.choose_anew(catalogue, link, "yet another one")
    late = stewarding.invite(catalogue, root, "reader", "", 2)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * DAY)
    with pytest.raises(NotFound):
        entering.register(catalogue, "late", PASSWORD, invitation=late, home=False)


def test_an_invitation_is_withdrawn_by_its_mark_which_lets_no_one_in(catalogue: Catalogue) -> None:
    root = stewarding.add(catalogue, None, "root")
    invited = stewarding.invite(catalogue, root, "reader", "a note", 14)
    with catalogue.reading() as connection:
        (waiting,) = invitations.unused(connection)
    assert waiting.note == "a note"
    assert waiting.mark not in invited
    for mark in ("%", waiting.mark[:-1] + "%", ""):
        with pytest.raises(NotFound):
            stewarding.withdraw(catalogue, root, mark)
    stewarding.withdraw(catalogue, root, waiting.mark)
    with pytest.raises(NotFound):
        entering.register(catalogue, "rolf", PASSWORD, invitation=invited, home=False)


@pytest.mark.reliability
def test_whoever_leaves_takes_everything_along_but_their_number_in_the_log(catalogue: Catalogue) -> None:
    """G19: all that is personal goes with the account, and its number stays."""
    stewarding.add(catalogue, None, "root")
    number = stewarding.add(catalogue, None, "rolf", password=PASSWORD, email="rolf@example.org")
    entering.log_in(catalogue, "rolf", PASSWORD, "10.0.0.1")
    owning.make_token(catalogue, Who(number, "rolf", "reader"), number, "a program", ["search"], None)
    stewarding.reset(catalogue, None, number)
    now = {"created": time.time()}
    with catalogue.writing() as connection:
        connection.execute(insert(schema.shelves).values(id=1, user_id=number, name="mine", **now))
        connection.execute(insert(schema.saved_searches).values(id=1, user_id=number, name="s", address="/?q=x", **now))
        connection.execute(insert(schema.events).values(id=1, user_id=number, kind="search", at=1.0, details="{}"))
        connection.execute(insert(schema.tasks).values(id=1, user_id=number, kind="nothing", due=1.0, **now))
    entering.leave(catalogue, number, PASSWORD, "10.0.0.1")
    with catalogue.reading() as connection:
        for table in schema.METADATA.sorted_tables:
            if "user_id" in table.c and table.name != "audit":
                left = connection.scalar(select(func.count()).select_from(table).where(table.c.user_id == number))
                assert left == 0, table.name
        last = audit.entries(connection, limit=1)[0]
    assert (last.user, last.name, last.action, last.subject) == (number, "", "user.removed", f"user {number}")


@pytest.mark.reliability
def test_the_log_says_who_did_what_and_when_and_no_content(catalogue: Catalogue) -> None:
    """G19: the log grows and never changes; names, passwords and secrets are not in it."""
    root = stewarding.add(catalogue, None, "root", password=PASSWORD)
    before = time.time()
    number = stewarding.add(catalogue, root, "rolf", password=PASSWORD, shown="Canary One", email="canary@example.org")
    entering.log_in(catalogue, "rolf", PASSWORD, "10.0.0.1")
    for name in ("rolf", "canary typed as a name"):
        with pytest.raises(BadInput):
            entering.log_in(catalogue, name, "canary typed as a password", "10.0.0.1")
    stewarding.change(catalogue, root, number, rank="editor", state=people.LOCKED)
    with catalogue.reading() as connection:
        told = audit.entries(connection)
        kept = connection.execute(select(schema.audit)).all()
    assert [(one.user, one.action, one.subject) for one in reversed(told)] == [
        (None, "user.added", f"user {root}"),
        (root, "user.added", f"user {number}"),
        (number, "login", ""),
        (number, "login.failed", ""),
        (None, "login.failed", ""),
        (root, "user.role", f"user {number}"),
        (root, "user.locked", f"user {number}"),
    ]
    assert all(before <= one.at <= time.time() for one in told[:-1])
    assert "canary" not in repr(kept).lower()
    stewarding.remove(catalogue, root, number)
    with catalogue.reading() as connection:
        assert connection.execute(select(schema.audit)).all()[: len(kept)] == kept
        assert [one.action for one in audit.entries(connection, action="login")] == ["login"]
        assert {one.action for one in audit.entries(connection, user=root)} >= {"user.role", "user.removed"}
        assert len(audit.entries(connection, before=told[0].id)) == len(told) - 1
