"""What the search box offers while one types is of the reader's cases and of nobody else's: cases by their number, numbers and
links, sellers, brands, products; and as many of each as there is room for."""

from __future__ import annotations

import random

from tests.assurance.outcome import Outcome

BRANDS = ["tolvany", "brekusi", "zimpado"]
PRODUCTS = ["Máy najorel", "Máy skivume", "Hộp yudofar"]
PHONES = ["0981123456", "0972234567", "0353345678", "0704456789"]
ACCOUNTS = ["190345678901", "104867530912"]
HOSTS = ["quenlozap.example", "wyxibodet.example"]
# So many in all, so many of a group before others have had theirs.
ROOM, FIRST = 8, 3

Expected = dict[str, set[tuple[str, str]]]


def identifiers() -> tuple[tuple[str, str], ...]:
    """Up to three that a complaint names."""
    phone, account, host = random.choice(PHONES), random.choice(ACCOUNTS), random.choice(HOSTS)
    told = [("phone", phone), ("bank_account", account), ("url", f"https://{host}/hang")]
    return tuple(random.sample(told, random.randint(0, 3)))


def typed(sellers: list[str]) -> list[str]:
    """The beginning of a name, of an identifier, and of a case's number, with and without its province."""
    from workflows.models import Case

    words = [*sellers, *BRANDS, *(product.split()[1] for product in PRODUCTS)]
    number = Case.objects.order_by("?").values_list("number", flat=True)[0]
    return [
        random.choice(words)[: random.choice([3, 5])],
        random.choice([*PHONES, *ACCOUNTS, *HOSTS])[: random.choice([4, 7, 9])],
        random.choice([number, number[:5], number[:8], number[3:6], number[3:]]),
    ]


def check(outcome: Outcome, reader, name: str, text: str, cases: set[int]) -> None:
    """``cases``: those that ``reader`` may see."""
    from search.suggestions import suggestions

    offered: Expected = {}
    for one in suggestions(reader, text):
        offered.setdefault(str(one.group), set()).add((one.kind, one.text))
    known = _known(cases, text)
    for group, members in known.items():
        foreign = offered.get(group, set()) - members
        outcome.check(not foreign, f"{name} typing {text}: offered {foreign} of others")
    counted = {group: len(offered.get(group, ())) for group in known}
    room = _room({group: len(members) for group, members in known.items()})
    outcome.check(counted == room, f"{name} typing {text}: offered {counted} instead of {room}")


def _known(cases: set[int], text: str) -> Expected:
    """Worked out from the rows, in the order in which groups are given room."""
    from workflows.models import Case

    rows = Case.objects.filter(pk__in=cases)
    found: Expected = {"case": {("", one) for one in rows.values_list("number", flat=True) if _begins(one, text)}}
    found["identifier"] = _identifiers(cases, text)
    for group, column in (("seller", "seller_name"), ("brand", "brand"), ("product", "product")):
        names = rows.values_list(f"complaint__{column}", flat=True)
        found[group] = {("", one) for one in names if text.lower() in one.lower()}
    return found


def _begins(number: str, text: str) -> bool:
    has_digit = any(c.isdigit() for c in text)
    return number.startswith(text) or (has_digit and number.partition("-")[2].startswith(text))


def _identifiers(cases: set[int], text: str) -> set[tuple[str, str]]:
    """Without the complainant's own number, which they gave as another's."""
    from complaints.models import Indicator

    plain = text.replace("-", "")
    wanted = plain if plain.isdigit() else text.lower()
    rows = Indicator.objects.filter(complaint__case__in=cases)
    found = set()
    for kind, value, own in rows.values_list("kind", "value", "complaint__complainant__phone"):
        shown = value.replace("+84", "0", 1) if value.startswith("+84") else value
        if shown != own and (wanted in shown or wanted in value):
            found.add((kind, shown))
    return found


def _room(sizes: dict[str, int]) -> dict[str, int]:
    """Three of each first, more where there is room left."""
    given = dict.fromkeys(sizes, 0)
    for most in (FIRST, ROOM):
        for group, size in sizes.items():
            given[group] += min(size - given[group], most - given[group], ROOM - sum(given.values()))
    return given
