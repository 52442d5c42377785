"""Two who tell one person at once: cursors are committed in their order, so nobody reads past what is still to come."""

import threading
import time

import pytest
from django.db import connection, transaction

from notifications.models import Inbox
from notifications.services.cursors import advance
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_later_waits_for_the_commit_of_the_earlier():
    person = factories.person()
    advance({person.pk: 1})
    order: list[tuple[str, int]] = []
    holds = threading.Event()

    def tell(name: str, seconds: float) -> None:
        with transaction.atomic():
            place = advance({person.pk: 2})[person.pk]
            holds.set()
            time.sleep(seconds)
            order.append((name, place))
        connection.close()

    first = threading.Thread(target=tell, args=["first", 0.5])
    first.start()
    holds.wait(5)
    assert Inbox.objects.get(person=person).cursor == 1  # what is not committed is not seen
    second = threading.Thread(target=tell, args=["second", 0])
    second.start()
    first.join(10)
    second.join(10)
    assert order == [("first", 3), ("second", 5)]


def test_several_people_are_locked_in_one_order():
    people = [factories.person() for _ in range(20)]
    failed = []

    def tell(order) -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    advance({person.pk: 1 for person in order})
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=[order]) for order in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert set(Inbox.objects.values_list("cursor", flat=True)) == {20}
