"""Search finds what one may see and fits, and nothing else: hits, totals, facets, quotations and suggestions against the
database, by random queries: of the story, of who complained, of notes; and of cases that change hands that moment."""

from __future__ import annotations

import random
from collections import Counter
from functools import reduce
from operator import and_, or_

from search.backends.base import Order
from tests.assurance import processes, search_suggested
from tests.assurance.outcome import Outcome

CASES = 300
LIMIT = 1000
# Facet → where its value stands; those of months and amounts are worked out.
COLUMNS = {
    "state": "state", "owner": "owner__code", "track": "track", "category": "category",
    "product_group": "complaint__product_group", "channel": "complaint__channel", "commune": "complaint__commune",
    "month": "lodged_at", "amount_band": "complaint__amount",
}  # fmt: skip
AMOUNTS = [None, 0, 999_999, 1_000_000, 9_999_999, 10_000_000, 3_000_000_000]
PEOPLE = [
    f"{role}@{agency}"
    for agency in ("sct", "congan", "qltt", "hoi")
    for role in ("intake", "handler", "supervisor", "auditor")
] + ["editor@sct"]
# Words so far apart that no tolerance for typing errors joins one to another.
WORDS = ["bovutri", "chefalo", "dimoxan", "guphery", "hizacem", "jolquab", "kyrtedo", "mawexin", "pufosla", "rigenyk"]
# Of who complained, and of notes: nobody finds a case by these who may not read them there.
NAMES = ["xelofun", "zubrita", "quidema"]
NOTES = ["vendola", "stupiro", "lagmete"]
# Of notes that the police alone may read, whatever agency has the case.
POLICE_NOTES = ["wobrike", "fyxanto"]
# How often a case changes hands between two queries.
MOVES = 25


def run(runs: int) -> Outcome:
    """``runs`` queries by people of every agency, over cases that lie with one agency or are offered to another."""
    from agencies.actors import member
    from search.selectors import find_cases

    outcome = Outcome(runs)
    _lodge_and_move(min(CASES, max(40, runs)))
    processes.deliver_all()
    readers = {name: member(f"{name}.dongthap.example") for name in PEOPLE}
    sizes: Counter[bool] = Counter()
    for number in range(runs):
        if number % MOVES == 0:
            _changed_hands(outcome, readers)
        name, words = random.choice(PEOPLE), random.sample(WORDS, random.choice([1, 1, 2]))
        # Several words find first what has all of them, then what has some.
        answer = find_cases(readers[name], " ".join(words), limit=LIMIT)
        every, some = _expected(readers[name], words, all_of=True), _expected(readers[name], words, all_of=False)
        found = {hit.case.pk for hit in answer.hits}
        query = f"{name} asking {words}"
        outcome.check(not answer.degraded, f"{query}: the engine was away")
        outcome.check(every <= found <= some, f"{query}: {len(found - some)} too many, {len(every - found)} missing")
        outcome.check(answer.total == len(found), f"{query}: total {answer.total}, hits {len(found)}")
        _narrowed(outcome, readers[name], query, " ".join(words), found)
        mine = _expected(readers[name], [""], all_of=True)
        for begun in search_suggested.typed(WORDS):
            search_suggested.check(outcome, readers[name], name, begun, mine)
        _guarded(outcome, readers[name], name)
        sizes[bool(found)] += 1
    outcome.remarks.append(f"{sizes[True]} queries with hits, {sizes[False]} with none")
    return outcome


def _narrowed(outcome: Outcome, reader, query: str, text: str, found: set[int]) -> None:
    """The same query for one state and without one word: the facets count what would be found without their filter."""
    from search.selectors import Narrowing, find_cases
    from workflows.models import Case

    state, barred = random.choice(["lodged", "referred"]), random.choice(WORDS)
    chosen = Narrowing({"state": [state]}, order=random.choice(list(Order)))
    answer = find_cases(reader, f"{text} -{barred}", narrowing=chosen, limit=LIMIT, facets=tuple(COLUMNS))
    left = Case.objects.filter(pk__in=found).exclude(complaint__narrative__contains=barred)
    left = left.exclude(complaint__seller_name=barred)
    expected = set(left.filter(state=state).values_list("pk", flat=True))
    hits = {hit.case.pk for hit in answer.hits}
    outcome.check(hits == expected, f"{query} -{barred}, {state}: {len(hits)} instead of {len(expected)}")
    counted = _counted(left, state) if reader.handles_cases else {}
    told = {name: found for name, found in answer.facets.items() if found}
    outcome.check(told == counted, f"{query} -{barred}: {told} != {counted}")


def _counted(left, state: str) -> dict[str, dict[str, int]]:
    """Facet → value → number, from the rows: of the state, whatever it is; of all else, in this one."""
    found = {}
    for name, column in COLUMNS.items():
        rows = left if name == "state" else left.filter(state=state)
        values = (_value(name, value) for value in rows.values_list(column, flat=True))
        if numbers := Counter(value for value in values if value):
            found[name] = dict(numbers)
    return found


def _value(name: str, value) -> str:
    from search.documents import amount_band, local_month

    if value is None:
        return ""
    return {"month": local_month, "amount_band": amount_band}.get(name, str)(value)


def _guarded(outcome: Outcome, reader, name: str) -> None:
    """By a word of who complained, or of a note: found where it may be read, and the complainant's never quoted."""
    from search.selectors import find_cases

    word = random.choice([*NAMES, *NOTES, *POLICE_NOTES])
    answer = find_cases(reader, word, limit=LIMIT)
    found = {hit.case.pk for hit in answer.hits}
    expected = _named(reader, word) if word in NAMES else _noted(reader, word)
    outcome.check(found == expected, f"{name} asking {word}: {len(found)} instead of {len(expected)}")
    outcome.check(answer.total == len(expected), f"{name} asking {word}: total {answer.total}")
    quoted = {text for hit in answer.hits for one in hit.fragments for text, _marked in one.pieces}
    told = [text for text in quoted if any(secret in text for secret in NAMES)]
    outcome.check(not told, f"{name} asking {word}: who complained is quoted")


def _named(reader, word: str) -> set[int]:
    """Whose agency owns the case, or was offered it with who complained."""
    from workflows.models import Case, Referral

    if not reader.has("intake", "handler", "supervisor"):
        return set()
    named = Case.objects.filter(complaint__complainant__name__contains=word)
    offers = Referral.objects.filter(target=reader.agency, state="offered", shares_identity=True)
    return {
        *named.filter(owner=reader.agency).values_list("pk", flat=True),
        *named.filter(offered_to=reader.agency, pk__in=offers.values("case")).values_list("pk", flat=True),
    }


def _noted(reader, word: str) -> set[int]:
    """Whose agency wrote the note, and has the case or has it on offer."""
    from django.db.models import Q

    from workflows.models import Case, Remark

    if not reader.has("intake", "handler", "supervisor"):
        return set()
    notes = Remark.objects.filter(text__contains=word, agency=reader.agency)
    mine = Q(owner=reader.agency) | Q(offered_to=reader.agency)
    return set(Case.objects.filter(mine, pk__in=notes.values("case")).values_list("pk", flat=True))


def _changed_hands(outcome: Outcome, readers) -> None:
    """An offer is recalled: before the index knows, the agency it was made to finds, counts and is told nothing of it."""
    from agencies.actors import member
    from search.selectors import find_cases
    from workflows.models import Case
    from workflows.services.referral import recall_referral

    case = Case.objects.filter(state="referred").select_related("owner", "offered_to").order_by("?").first()
    if case is None:
        return
    loser = readers[f"intake@{case.offered_to.code}"]
    by = member(f"supervisor@{case.owner.code}.dongthap.example")
    recall_referral(case_id=case.pk, by=by, version=case.version, reason="Nhầm.")
    answer = find_cases(loser, "", limit=LIMIT, narrowing=_everything(), facets=("owner",))
    left = _expected(loser, [""], all_of=True)
    outcome.check({hit.case.pk for hit in answer.hits} == left, f"after a recall: {len(answer.hits)} of {len(left)}")
    counted = sum(answer.facets.get("owner", {}).values())
    outcome.check((answer.total, counted) == (len(left), len(left)), f"after a recall: {answer.total}, {counted}")
    search_suggested.check(outcome, loser, "after a recall", case.number, left)
    processes.deliver_all()


def _everything():
    from datetime import date

    from search.selectors import Narrowing

    return Narrowing(since=date(2020, 1, 1))


def _lodge_and_move(cases: int) -> None:
    from agencies.actors import member
    from agencies.models import Agency
    from complaints import codes
    from complaints.lodgement import Lodgement, Person
    from workflows.services.correspondence import add_note
    from workflows.services.intake import lodge_complaint
    from workflows.services.referral import refer_case, take_referral
    from workflows.services.referral_terms import Shared

    agencies = [Agency.objects.get(code=code) for code in ("sct", "congan", "qltt", "hoi")]
    chosen = _choices()
    for _ in range(cases):
        words = " ".join(random.sample(WORDS, 4))
        said = Lodgement(
            province="82", narrative=f"Nội dung {words}.", idempotency_key=codes.new_idempotency_key(),
            kind="consumer", seller_name=random.choice(WORDS), brand=random.choice(["", *search_suggested.BRANDS]),
            product=random.choice(["", *search_suggested.PRODUCTS]), identifiers=search_suggested.identifiers(),
            person=Person(name=f"Nguyễn {random.choice(NAMES)}", phone=random.choice(search_suggested.PHONES)),
            amount=random.choice(AMOUNTS), **{name: random.choice(codes_of) for name, codes_of in chosen.items()},
        )  # fmt: skip
        owner, to = random.sample(agencies, 2)
        case_id = lodge_complaint(said, to=owner).case_id
        by, taker = (member(f"supervisor@{agency.code}.dongthap.example") for agency in (owner, to))
        if random.random() < 0.5:
            add_note(case_id=case_id, by=by, text=f"Ghi chú {random.choice(NOTES)}.")
        if owner.is_police and random.random() < 0.5:
            add_note(case_id=case_id, by=by, text=f"Kín {random.choice(POLICE_NOTES)}.", audience="police")
        if random.random() < 0.6:
            shared = Shared(identity=random.random() < 0.5, notes=random.random() < 0.5)
            refer_case(
                case_id=case_id, to=to, by=by, reason="Chuyển.", explanation="Cần xác minh.", version=_version(case_id),
                shared=shared,
            )  # fmt: skip
            if random.random() < 0.4:
                take_referral(case_id=case_id, by=taker, version=_version(case_id))


def _choices() -> dict[str, list[str | None]]:
    """A few codes of each, and none."""
    from complaints.models import Complaint

    fields = {name: Complaint._meta.get_field(name).related_model for name in ("product_group", "channel", "commune")}
    return {name: [None, *model.objects.values_list("pk", flat=True)[:5]] for name, model in fields.items()}


def _version(case_id: int) -> int:
    from workflows.models import Case

    return Case.objects.values_list("version", flat=True).get(pk=case_id)


def _expected(reader, words: list[str], *, all_of: bool) -> set[int]:
    """Worked out from the rows: whose agency owns the case, or has it on offer, and who handles cases there."""
    from django.db.models import Q

    from workflows.models import Case

    if not reader.has("intake", "handler", "supervisor"):
        return set()
    told = [Q(complaint__narrative__contains=word) | Q(complaint__seller_name__contains=word) for word in words]
    fits = reduce(and_ if all_of else or_, told)
    mine = Q(owner=reader.agency) | Q(offered_to=reader.agency)
    return set(Case.objects.filter(mine & fits).values_list("pk", flat=True))
