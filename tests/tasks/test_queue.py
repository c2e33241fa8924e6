"""The queue by itself: asked once, taken once, ended once, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import tasks, users
from pinakes.errors import BadInput, Busy, Conflict, HubUnreachable, NotFound, Overloaded
from pinakes.tasks import queue, wishes
from pinakes.tasks.fair import others_wait
from pinakes.tasks.records import Task, counts, listed, task

pytestmark = pytest.mark.reliability
NOBODY: dict[str, Any] = {}


def asked(catalogue: Catalogue, kind: str = "add", user: int | None = None, key: str | None = None, **how: Any) -> int:
    """Work that was asked for."""
    with catalogue.writing() as connection:
        return queue.ask(connection, kind, NOBODY, user, key, **how)


def taken(catalogue: Catalogue, worker: str = "one", now: float | None = None) -> Task | None:
    """What a worker gets."""
    with catalogue.writing() as connection:
        return queue.take(connection, worker, now)


def held(catalogue: Catalogue, worker: str = "one", now: float | None = None) -> Task:
    """The same where there is something."""
    found = taken(catalogue, worker, now)
    assert found is not None
    return found


def seen(catalogue: Catalogue, number: int) -> Task:
    """A task as it is now."""
    with catalogue.reading() as connection:
        return task(connection, number)


def wished(catalogue: Catalogue, number: int, what: wishes.Wish) -> Task:
    """A task after a wish."""
    with catalogue.writing() as connection:
        return wishes.wish(connection, number, what)


def people(catalogue: Catalogue, *numbers: int) -> None:
    """Users of those numbers."""
    with catalogue.writing() as connection:
        for number in numbers:
            connection.execute(users.insert().values(id=number, name=f"user {number}", created=0.0))


def test_what_is_asked_for_is_taken_once_and_ends(catalogue: Catalogue) -> None:
    number = asked(catalogue)
    one = held(catalogue)
    assert (one.id, one.state, one.attempts, taken(catalogue, "two")) == (number, "running", 1, None)
    with catalogue.writing() as connection:
        assert queue.beat(connection, one, {"done": 2, "total": 3, "message": "b.txt"}) == ""
        assert queue.finish(connection, one, {"added": 3})
        assert not queue.finish(connection, one, {"added": 4})
    ended = seen(catalogue, number)
    assert (ended.state, ended.done, ended.total, ended.result, ended.message) == ("done", 2, 3, {"added": 3}, "")
    with catalogue.reading() as connection:
        assert counts(connection) == dict.fromkeys(counts(connection), 0) | {"done": 1}


def test_the_same_request_of_the_same_user_is_one_task(catalogue: Catalogue) -> None:
    people(catalogue, 1, 2)
    first = asked(catalogue, user=1, key="x")
    assert asked(catalogue, user=1, key="x") == first
    numbers = {first, asked(catalogue, user=2, key="x"), asked(catalogue, key="x"), asked(catalogue, user=1)}
    assert len(numbers) == 4
    assert asked(catalogue, key="x") in numbers


def test_of_many_workers_and_many_who_ask_no_two_have_the_same(catalogue: Catalogue) -> None:
    """Also what is asked for with one key at once is one task."""
    wait, got, same = threading.Barrier(6), Counter[int](), set()

    def at_work(name: str) -> None:
        wait.wait()
        same.add(asked(catalogue, key="same"))
        for _ in range(4):
            asked(catalogue)
        while found := taken(catalogue, name):
            got[found.id] += 1

    threads = [threading.Thread(target=at_work, args=(f"worker {n}",)) for n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(same) == 1
    assert len(got) == 25
    assert set(got.values()) == {1}


def test_a_pause_a_return_and_an_end_are_at_once_where_a_task_waits(catalogue: Catalogue) -> None:
    number = asked(catalogue)
    assert wished(catalogue, number, "pause").state == "paused"
    assert taken(catalogue) is None
    assert wished(catalogue, number, "resume").state == "waiting"
    assert wished(catalogue, number, "cancel").state == "cancelled"
    with pytest.raises(Conflict, match=r"is cancelled and can not pause. What it can is retry"):
        wished(catalogue, number, "pause")
    assert wished(catalogue, number, "retry").state == "waiting"
    assert held(catalogue).id == number
    with pytest.raises(NotFound, match="no task 99"):
        wished(catalogue, 99, "pause")


def test_a_running_task_hears_of_a_wish_with_its_next_sign_of_life(catalogue: Catalogue) -> None:
    number = asked(catalogue)
    for what, state in (("pause", "paused"), ("cancel", "cancelled")):
        one = held(catalogue)
        assert wished(catalogue, number, what).state == "running"  # type: ignore[arg-type]
        with catalogue.writing() as connection:
            assert queue.beat(connection, one, {}) == what
            queue.stop(connection, one, state)
        after = seen(catalogue, number)
        assert (after.state, after.wish, after.worker) == (state, "", "" if state == "paused" else "one")
        if state == "paused":
            wished(catalogue, number, "resume")


def test_a_pause_can_be_taken_back_before_it_was_heard(catalogue: Catalogue) -> None:
    one = held(catalogue) if asked(catalogue) else None
    assert one is not None
    wished(catalogue, one.id, "pause")
    assert wished(catalogue, one.id, "resume").wish == ""
    with catalogue.writing() as connection:
        assert queue.beat(connection, one, {}) == ""


def test_what_may_go_well_is_tried_again_later_each_time_and_not_for_ever(catalogue: Catalogue) -> None:
    number, now, waits = asked(catalogue, now=0.0), 1.0, []
    for _ in range(queue.ATTEMPTS):
        one = held(catalogue, now=now)
        with catalogue.writing() as connection:
            queue.fail(connection, one, HubUnreachable("The hub is silent."), now)
        after = seen(catalogue, number)
        waits.append(after.due - now)
        assert taken(catalogue, now=after.due - 0.1) is None
        now = after.due
    assert waits[:-1] == [10.0, 30.0, 90.0, 270.0]
    assert (after.state, after.result["error"]["code"]) == ("failed", "hub-unreachable")
    assert "goes on where it stopped" in after.result["error"]["hint"]
    assert queue.delay(30) == 3600.0


def test_what_will_never_go_well_fails_at_once_and_can_be_tried_by_hand(catalogue: Catalogue) -> None:
    number = asked(catalogue)
    with catalogue.writing() as connection:
        one = queue.take(connection, "one")
        assert one is not None
        queue.fail(connection, one, BadInput("The table has no columns.", "Name them."))
    assert seen(catalogue, number).state == "failed"
    again = wished(catalogue, number, "retry")
    assert (again.state, again.attempts, again.result) == ("waiting", 0, {})


def test_another_writer_is_waited_for_as_long_as_it_takes(catalogue: Catalogue) -> None:
    asked(catalogue, now=0.0)
    for turn in range(20):
        one = held(catalogue, now=turn * 100.0)
        assert one.attempts == 1
        with catalogue.writing() as connection:
            queue.fail(connection, one, Busy("Process 7 is writing."), turn * 100.0)
    assert seen(catalogue, one.id).message == "Process 7 is writing."


def test_what_a_dead_worker_left_is_taken_by_another_and_the_first_ends_nothing(catalogue: Catalogue) -> None:
    number = asked(catalogue, now=0.0)
    left = held(catalogue, "dead", 1.0)
    with catalogue.writing() as connection:
        assert queue.recover(connection, lambda name: False, 1.0 + queue.STALE_SECONDS) == []
        assert queue.recover(connection, lambda name: name == "dead", 2.0) == [number]
    other = held(catalogue, "other", 3.0)
    assert (other.id, other.attempts) == (number, 2)
    with catalogue.writing() as connection:
        assert queue.beat(connection, left, {}, 4.0) == "lost"
        assert not queue.finish(connection, left, {})
        # Where nothing is known of the worker, silence tells.
        assert queue.recover(connection, lambda name: False, 3.1 + queue.STALE_SECONDS) == [number]


def test_a_task_that_kills_its_workers_is_given_up(catalogue: Catalogue) -> None:
    number, now = asked(catalogue, now=0.0), 1.0
    for _ in range(queue.ATTEMPTS):
        held(catalogue, "dead", now)
        with catalogue.writing() as connection:
            assert queue.recover(connection, lambda name: True, now) == [number]
        now += 10_000.0
    assert seen(catalogue, number).state == "failed"
    assert "died 5 times" in seen(catalogue, number).result["error"]["message"]


@pytest.mark.parametrize(("what", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_wish_that_a_dead_worker_never_heard_is_granted(catalogue: Catalogue, what: wishes.Wish, state: str) -> None:
    number = asked(catalogue)
    held(catalogue, "dead")
    wished(catalogue, number, what)
    with catalogue.writing() as connection:
        queue.recover(connection, lambda name: True)
    assert seen(catalogue, number).state == state


def test_what_a_worker_still_holds_when_it_ends_goes_back_unharmed(catalogue: Catalogue) -> None:
    number = asked(catalogue)
    held(catalogue)
    with catalogue.writing() as connection:
        queue.leave(connection, "one")
    assert (seen(catalogue, number).state, seen(catalogue, number).attempts) == ("waiting", 0)


def test_a_user_has_so_many_open_tasks_and_no_more(catalogue: Catalogue) -> None:
    """G17: the length of the queue; who asks again under the same key is not refused."""
    people(catalogue, 1, 2)
    for _ in range(2):
        asked(catalogue, user=1, key="first" if _ else None, most=2)
    with pytest.raises(Overloaded, match=r"2 tasks .* limit is 2.*max_tasks"):
        asked(catalogue, user=1, most=2)
    assert asked(catalogue, user=1, key="first", most=2)
    asked(catalogue, user=2, most=2)
    wished(catalogue, held(catalogue).id, "cancel")
    with pytest.raises(Overloaded):
        asked(catalogue, user=1, most=2)


def test_what_has_been_over_for_long_is_struck_off(catalogue: Catalogue) -> None:
    for now in (0.0, 50.0):
        asked(catalogue, now=now)
        one = held(catalogue, now=now)
        with catalogue.writing() as connection:
            queue.finish(connection, one, {}, now)
    asked(catalogue, now=0.0)
    with catalogue.writing() as connection:
        assert queue.sweep(connection, 1.0, 24 * 3600 + 10.0) == 1
    with catalogue.reading() as connection:
        assert [one.state for one in listed(connection)] == ["waiting", "done"]
        assert [one.state for one in listed(connection, states=["done"])] == ["done"]


def shares(catalogue: Catalogue, seconds: dict[int, float], until: float) -> dict[int, float]:
    """What each user has had of one worker's time whose tasks take so long, while all of them always wait."""
    now, had = 0.0, dict.fromkeys(seconds, 0.0)
    for user in seconds:
        for _ in range(2):
            asked(catalogue, user=user, now=0.0)
    while now < until:
        one = held(catalogue, now=now)
        assert one.user is not None
        now += seconds[one.user]
        had[one.user] += seconds[one.user]
        with catalogue.writing() as connection:
            queue.finish(connection, one, {}, now)
            queue.ask(connection, "add", NOBODY, one.user, now=now)
    return had


def test_no_user_has_more_than_twice_the_time_of_another(catalogue: Catalogue) -> None:
    """G17: a fair share, whoever asks for more or for what takes longer."""
    people(catalogue, 1, 2, 3)
    for _ in range(30):
        asked(catalogue, user=1, now=0.0)
    had = shares(catalogue, {1: 7.0, 2: 40.0, 3: 15.0}, 400.0)
    assert max(had.values()) <= 2 * min(had.values())


def test_a_long_task_gives_way_to_who_had_less(catalogue: Catalogue) -> None:
    people(catalogue, 1, 2)
    asked(catalogue, user=1, now=0.0)
    one = held(catalogue, now=1.0)
    with catalogue.writing() as connection:
        queue.beat(connection, one, {}, 40.0)
        assert not others_wait(connection, 1, 41.0)
        queue.ask(connection, "add", NOBODY, 2, now=35.0)
        queue.ask(connection, "add", NOBODY, 1, now=35.0)
        assert others_wait(connection, 1, 41.0)
        queue.give_back(connection, one, now=41.0)
    assert [held(catalogue, now=42.0).user, held(catalogue, now=42.0).id] == [2, one.id]


def test_a_clock_that_was_set_back_stops_nothing(catalogue: Catalogue) -> None:
    """E4: the clock is a day behind what was written down before."""
    day = 24 * 3600.0
    first, second = asked(catalogue, now=2 * day), asked(catalogue, now=2 * day)
    assert held(catalogue, "dead", 2 * day).id == first
    assert held(catalogue, "other", day).id == second
    with catalogue.writing() as connection:
        assert queue.recover(connection, lambda name: False, day + 1) == [first]


def test_a_user_who_goes_leaves_no_task_behind(catalogue: Catalogue) -> None:
    people(catalogue, 1)
    asked(catalogue, user=1)
    with catalogue.writing() as connection:
        connection.execute(users.delete().where(users.c.id == 1))
        assert connection.scalars(select(tasks.c.id)).all() == []


def test_what_can_be_wished_is_what_is_taken(catalogue: Catalogue) -> None:
    number = asked(catalogue)
    for state in ("waiting", "running", "paused", "done", "failed", "cancelled"):
        for what in wishes.WISHES:
            with catalogue.writing() as connection:
                connection.execute(update(tasks).values(state=state, wish=""))
            can = what in wishes.possible(seen(catalogue, number))
            if can:
                wished(catalogue, number, what)
            else:
                with pytest.raises(Conflict):
                    wished(catalogue, number, what)
