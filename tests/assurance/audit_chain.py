"""The log cannot be changed unseen: edits, deletions, insertions and reorderings, each found by the hash chain.

Not shown here, because a chain alone cannot: a cut at the tail, and a forger who writes every later hash anew.
Both need the tree head kept by an outside witness.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from tests.assurance.outcome import Outcome

NOTES = 12


def run(runs: int) -> Outcome:
    from django.db import transaction

    from events.models import Event

    outcome, made = Outcome(runs), Counter[str]()
    streams = [_lived_case() for _ in range(3)]
    outcome.check(not _broken(streams), "the untouched log is reported as broken")
    for number in range(runs):
        stream, tamper = random.choice(streams), random.choice(_WAYS)
        with transaction.atomic():
            events = list(Event.objects.filter(stream=stream).order_by("sequence"))
            tamper(events)
            outcome.check(_broken(streams), f"{number}: {tamper.__name__} was not found")
            transaction.set_rollback(True)
        made[tamper.__name__.strip("_")] += 1
    outcome.check(not _broken(streams), "the log is not as it was")
    outcome.remarks.append(", ".join(f"{name} {n}" for name, n in sorted(made.items())))
    outcome.remarks.append("tail cuts and wholly rewritten tails need an outside witness: not covered")
    return outcome


def _lived_case() -> str:
    from agencies.actors import member
    from complaints import codes
    from tests.assurance.idempotency import lodgement
    from workflows.models import Case
    from workflows.services.correspondence import add_note
    from workflows.services.intake import lodge_complaint

    receipt, by = lodge_complaint(lodgement(codes.new_idempotency_key())), member("handler@sct.dongthap.example")
    for number in range(NOTES):
        add_note(case_id=receipt.case_id, by=by, text=f"Ghi chú {number}.")
    return Case.objects.get(pk=receipt.case_id).stream


def _broken(streams: list[str]) -> bool:
    from events.chain import first_fault
    from events.models import Event

    return any(first_fault(Event.objects.filter(stream=stream).order_by("sequence")) for stream in streams)


def _change(event, **fields) -> None:
    from events.models import Event

    Event.objects.filter(pk=event.pk).update(**fields)


def _edit_data(events) -> None:
    event = random.choice(events)
    key = random.choice(list(event.data))
    _change(event, data=event.data | {key: "other"})


def _drop_from_data(events) -> None:
    event = random.choice(events)
    dropped = random.choice(list(event.data))
    _change(event, data={name: value for name, value in event.data.items() if name != dropped})


def _edit_actor(events) -> None:
    event = random.choice(events)
    _change(event, actor=event.actor | {"person": -1})


def _edit_kind(events) -> None:
    _change(random.choice(events), kind="case.closed")


def _edit_time(events) -> None:
    event = random.choice(events)
    _change(event, at=event.at + timedelta(microseconds=random.choice([-1, 1]) * random.randint(1, 10**9)))


def _edit_hash(events) -> None:
    event = random.choice(events)
    _change(event, hash=f"{int(event.hash, 16) ^ 1:064x}")


def _edit_and_rehash(events) -> None:
    """The forger mends the entry's own hash, not the ones after it."""
    from events.chain import digest

    event = random.choice(events[:-1])
    event.data = event.data | {"version": 99}
    _change(event, data=event.data, hash=digest(event))


def _delete(events) -> None:
    """From the middle or the beginning."""
    from events.models import Delivery, Event

    event = random.choice(events[:-1])
    Delivery.objects.filter(event=event).delete()
    Event.objects.filter(pk=event.pk).delete()


def _delete_and_close_the_gap(events) -> None:
    place = random.randrange(len(events) - 1)
    _delete([events[place], events[place]])
    for event in events[place + 1 :]:
        _change(event, sequence=event.sequence - 1)


def _swap(events) -> None:
    one, other = random.sample(events, 2)
    _change(one, sequence=10**6)
    _change(other, sequence=one.sequence)
    _change(one, sequence=other.sequence)


def _move_to_another_stream(events) -> None:
    _change(random.choice(events[:-1]), stream="case:0")


def _insert(events) -> None:
    """A forged entry with a right hash of its own, between two others."""
    from events.chain import digest
    from events.models import Event

    place = random.randrange(1, len(events))
    for event in reversed(events[place:]):
        _change(event, sequence=event.sequence + 1)
    before = events[place - 1]
    forged = Event(
        stream=before.stream, sequence=place + 1, kind="case.noted", actor=before.actor, data={}, at=before.at,
        previous=before.hash,
    )  # fmt: skip
    forged.hash = digest(forged)
    forged.save(force_insert=True)


_WAYS: tuple[Callable[..., None], ...] = (
    _edit_data, _drop_from_data, _edit_actor, _edit_kind, _edit_time, _edit_hash, _edit_and_rehash, _delete,
    _delete_and_close_the_gap, _swap, _move_to_another_stream, _insert,
)  # fmt: skip
