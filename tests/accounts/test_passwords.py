"""How passwords are kept, and how often one may guess."""

from __future__ import annotations

import time

import pytest
from argon2 import PasswordHasher, extract_parameters

from pinakes.accounts import entering, passwords, people, stewarding, throttle
from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import BadInput, TooOften, WrongPassword
from tests.web.people import PASSWORD

pytestmark = pytest.mark.reliability


def test_passwords_are_kept_by_argon2id_at_its_usual_cost_each_with_a_salt_of_its_own() -> None:
    """G3: the costs that OWASP names at the least."""
    first, second = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    cost = extract_parameters(first)
    assert (cost.type.name, cost.memory_cost >= 19 * 1024, cost.time_cost >= 2) == ("ID", True, True)
    assert cost.salt_len >= 16
    assert first != second
    assert PASSWORD not in first
    assert passwords.is_right(first, PASSWORD)
    assert not passwords.is_right(first, PASSWORD + "x")
    assert not passwords.is_right("", PASSWORD)
    assert not passwords.is_right("no hash", PASSWORD)


def test_a_password_of_a_megabyte_is_never_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """G3: neither when it is chosen nor when one logs in with it."""
    kept = passwords.hashed(PASSWORD)

    def hashing() -> PasswordHasher:
        raise AssertionError("it was hashed")

    monkeypatch.setattr(passwords, "_hasher", hashing)
    assert not passwords.is_right(kept, "x" * 1_000_000)
    with pytest.raises(BadInput, match="1,000,000 characters"):
        passwords.check_new("x" * 1_000_000, "anna")


@pytest.mark.parametrize("password", ["nine char", "x" * 257, "aaaabbbbcccc", "I am ANNA myself", ""])
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(BadInput):
        passwords.check_new(password, "anna")


@pytest.mark.usefixtures("quick_passwords")
def test_a_hash_of_lower_cost_is_made_anew_at_the_next_login(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G3: when parameters rise."""
    number = stewarding.add(catalogue, None, "anna", password=PASSWORD)
    with catalogue.reading() as connection:
        before = people.password_of(connection, number)
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    entering.log_in(catalogue, "anna", PASSWORD, "127.0.0.1")
    with catalogue.reading() as connection:
        after = people.password_of(connection, number)
    assert (extract_parameters(before).time_cost, extract_parameters(after).time_cost) == (1, 2)
    entering.log_in(catalogue, "anna", PASSWORD, "127.0.0.1")
    with catalogue.reading() as connection:
        assert people.password_of(connection, number) == after


def wrong(catalogue: Catalogue, name: str, address: str, times: int = 1) -> None:
    """Guess wrongly."""
    for _ in range(times):
        with pytest.raises(WrongPassword):
            entering.log_in(catalogue, name, "not the password", address)


@pytest.mark.usefixtures("quick_passwords")
def test_ten_wrong_guesses_of_an_account_are_enough_from_wherever_they_come(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G4: by account."""
    stewarding.add(catalogue, None, "anna", password=PASSWORD)
    for place in range(10):
        wrong(catalogue, "Anna ", f"10.0.0.{place}")
    with pytest.raises(TooOften) as refused:
        entering.log_in(catalogue, "anna", PASSWORD, "10.9.9.9")
    assert 0 < refused.value.seconds <= 15 * 60
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 15 * 60 + 1)
    entering.log_in(catalogue, "anna", PASSWORD, "10.9.9.9")


@pytest.mark.usefixtures("quick_passwords")
def test_ten_wrong_guesses_from_an_address_are_enough_whosever_account_they_are_of(catalogue: Catalogue) -> None:
    """G4: by address; of IPv6, one's whole prefix is one address."""
    stewarding.add(catalogue, None, "anna", password=PASSWORD)
    for place in range(10):
        wrong(catalogue, f"nobody{place}", f"2001:db8::{place:x}")
    with pytest.raises(TooOften):
        entering.log_in(catalogue, "anna", PASSWORD, "2001:db8::ffff")
    entering.log_in(catalogue, "anna", PASSWORD, "2001:db8:0:1::1")


@pytest.mark.usefixtures("quick_passwords")
def test_the_right_password_forgets_the_wrong_ones_of_its_account_alone(catalogue: Catalogue) -> None:
    """G4: success resets."""
    stewarding.add(catalogue, None, "anna", password=PASSWORD)
    stewarding.add(catalogue, None, "berta", password=PASSWORD)
    wrong(catalogue, "anna", "10.0.0.1", 5)
    wrong(catalogue, "berta", "10.0.0.2", 9)
    entering.log_in(catalogue, "anna", PASSWORD, "10.0.0.3")
    wrong(catalogue, "anna", "10.0.0.4", 9)
    wrong(catalogue, "berta", "10.0.0.5")
    with pytest.raises(TooOften):
        entering.log_in(catalogue, "berta", PASSWORD, "10.0.0.6")


@pytest.mark.usefixtures("quick_passwords")
def test_someone_who_is_not_there_costs_what_someone_who_is_costs(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G4: one password is looked at in either case, and at the same cost."""
    stewarding.add(catalogue, None, "anna", password=PASSWORD)
    stewarding.add(catalogue, None, "linked")
    stewarding.add(catalogue, None, "locked", password=PASSWORD)
    with catalogue.reading() as connection:
        locked = people.named(connection, "locked").id
    stewarding.change(catalogue, None, locked, state=people.LOCKED)
    looked: list[str] = []
    verify = PasswordHasher.verify

    def watching(self: PasswordHasher, kept: str, password: str) -> bool:
        looked.append(str(extract_parameters(kept)))
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", watching)
    passwords._nobody.cache_clear()
    told = set()
    for name in ("anna", "nobody", "linked", "locked", "not a name", "(local)"):
        with pytest.raises(WrongPassword) as refused:
            entering.log_in(catalogue, name, "not the password", "10.0.0.1")
        told.add(str(refused.value))
    passwords._nobody.cache_clear()
    assert len(looked) == 6
    assert len(set(looked)) == 1
    assert len(told) == 1


@pytest.mark.slow
def test_the_time_of_a_login_does_not_tell_who_is_there(catalogue: Catalogue) -> None:
    """G4: 200 tries each, whose means differ by less than a tenth."""
    stewarding.add(catalogue, None, "anna", password=PASSWORD)
    spent = {"anna": 0.0, "nobody": 0.0}
    for place in range(400):
        name = ("anna", "nobody")[place % 2]
        with catalogue.writing() as connection:
            connection.exec_driver_sql("DELETE FROM tries")
        begun = time.process_time()
        wrong(catalogue, name, "10.0.0.1")
        spent[name] += time.process_time() - begun
    assert abs(spent["anna"] - spent["nobody"]) < 0.1 * spent["anna"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_are_counted_by_whom_they_belong_to(address: str, counted: str) -> None:
    assert throttle.network(address) == counted
