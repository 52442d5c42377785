"""A case as plain Python: what the office's rules say of every move, written apart from the code under test.

Sources: the table of workflow states (who may, from where, to where); Luật 19/2023 Đ53.3 (the association may not
refuse a consumer's complaint); Đ58 (refusals).
"""

from __future__ import annotations

from dataclasses import dataclass

NOT_FOUND, STALE, NOT_ALLOWED, INVALID = "CaseNotFound", "StaleCase", "MoveNotAllowed", "InvalidInput"
DONE = ""

SELF_ASSIGNING = {"sct", "hoi"}
# Where a second person confirms each resolution.
TWO_PERSONS = {"congan"}
WISHES = {"crime", "violation"}
OPEN = {"lodged", "accepted", "referred", "awaiting_complainant", "investigating"}

# move → states it starts from, roles of the owner's people, roles of those it is offered to
RULES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "accept": ({"lodged"}, {"intake", "supervisor"}, set()),
    "refuse": ({"lodged", "accepted"}, {"supervisor"}, set()),
    "refer": ({"lodged", "accepted", "investigating"}, {"intake", "supervisor", "own", "system"}, set()),
    "take": ({"referred"}, set(), {"intake", "supervisor"}),
    "give_back": ({"referred"}, set(), {"intake", "supervisor"}),
    "recall": ({"referred"}, {"supervisor"}, set()),
    "assign": ({"accepted", "investigating"}, {"supervisor", "taker"}, set()),
    "ask": ({"accepted", "investigating"}, {"intake", "supervisor", "own"}, set()),
    "answer": ({"awaiting_complainant"}, {"intake", "handler", "supervisor", "citizen"}, set()),
    "resolve": ({"investigating"}, {"own"}, set()),
    "propose": ({"investigating"}, {"own"}, set()),
    "confirm": ({"investigating"}, {"supervisor"}, set()),
    "send_back": ({"investigating"}, {"supervisor"}, set()),
    "go_on_unanswered": ({"awaiting_complainant"}, {"own", "supervisor"}, set()),
    "end_unanswered": ({"awaiting_complainant"}, {"own", "supervisor"}, set()),
    "object": ({"resolved", "refused", "closed"}, {"citizen"}, set()),
    "reopen": ({"resolved", "refused", "closed"}, {"supervisor"}, set()),
    "close": ({"resolved", "refused"}, {"supervisor", "system"}, set()),
    "withdraw": (OPEN, {"citizen", "supervisor"}, set()),
    "carry_on": (OPEN, {"supervisor"}, set()),
    "link": (OPEN, {"intake", "own"}, set()),
}


@dataclass(frozen=True)
class Someone:
    """``agency`` is empty for the citizen, a stranger with another report, and the system."""

    name: str
    role: str
    agency: str = ""


@dataclass
class CaseModel:
    track: str
    owner: str = "sct"
    state: str = "lodged"
    version: int = 1
    offered_to: str = ""
    handler: str = ""
    resume: str = ""
    outcome: str = ""
    wished: bool = False
    reminded: bool = False
    proposed: bool = False
    is_duplicate: bool = False
    events: int = 1

    def move(self, name: str, by: Someone, seen: int | None, *, to: str = "", handler: str = "") -> str:
        """Make the move if the rules allow it; `DONE`, or the name of the error."""
        refused = self._refusal(name, by, seen, to)
        if refused:
            return refused
        self.version += 1
        self.events += 1
        # Whatever moves the case otherwise overtakes what was proposed.
        self.proposed = self.proposed and name in ("carry_on", "withdraw") and self.state == "investigating"
        if name == "withdraw" and by.role == "citizen" and self.track in WISHES:
            self.wished = True
        else:
            getattr(self, f"_{name}")(to=to, handler=handler)
        return DONE

    def _refusal(self, name: str, by: Someone, seen: int | None, to: str) -> str:
        if not self.is_visible_to(by):
            return NOT_FOUND
        if seen is not None and seen != self.version:
            return STALE
        if not self._may(name, by):
            return NOT_ALLOWED
        if name == "end_unanswered" and self.owner in TWO_PERSONS and by.role != "supervisor":
            return INVALID
        return INVALID if name == "refer" and to == self.owner else DONE

    def is_visible_to(self, by: Someone) -> bool:
        return by.role in ("citizen", "system") or (by.agency != "" and by.agency in (self.owner, self.offered_to))

    def _may(self, name: str, by: Someone) -> bool:
        states, owners, targets = RULES[name]
        if self.state not in states:
            return False
        if name == "withdraw":
            return self.wished != (by.role == "citizen") and (by.role == "citizen" or self._stands(by, owners, targets))
        if name == "carry_on" and not self.wished:
            return False
        if not self._second_person_agrees(name) or (name.endswith("_unanswered") and not self.reminded):
            return False
        if name == "refuse" and by.agency == "hoi" and self.track == "consumer":
            return False
        return self._stands(by, owners, targets)

    def _second_person_agrees(self, name: str) -> bool:
        """One person resolves, or one proposes and another decides."""
        two = self.owner in TWO_PERSONS
        allowed = {"resolve": not two, "propose": two and not self.proposed}
        return allowed.get(name, self.proposed or name not in ("confirm", "send_back"))

    def remind(self) -> str:
        """The system's, once a question: no new version."""
        if self.state != "awaiting_complainant":
            return NOT_ALLOWED
        self.events += not self.reminded
        self.reminded = True
        return DONE

    def _stands(self, by: Someone, owners: set[str], targets: set[str]) -> bool:
        if not by.agency:
            return by.role in owners
        if by.agency == self.owner:
            own = {by.role} | ({"own"} if by.role == "handler" and by.name == self.handler else set())
            if by.role == "handler" and by.agency in SELF_ASSIGNING and not self.handler:
                own.add("taker")
            return bool(own & owners)
        return by.agency == self.offered_to and by.role in targets

    def _accept(self, **_) -> None:
        self.state = "accepted"

    def _refuse(self, **_) -> None:
        self.state, self.outcome = "refused", ""

    def _propose(self, **_) -> None:
        self.proposed = True

    def _send_back(self, **_) -> None:
        self.proposed = False

    def _go_on_unanswered(self, **_) -> None:
        self._give_back()

    def _end_unanswered(self, **_) -> None:
        self.state, self.resume, self.outcome = "resolved", "", "no_answer_from_complainant"

    def _link(self, **_) -> None:
        self.state, self.outcome, self.is_duplicate = "closed", "duplicate", True
        self.offered_to = self.resume = ""

    def _refer(self, *, to: str, **_) -> None:
        self.resume, self.state, self.offered_to = self.state, "referred", to

    def _take(self, **_) -> None:
        self.owner, self.state = self.offered_to, "accepted"
        self.offered_to = self.handler = self.resume = ""

    def _give_back(self, **_) -> None:
        self.state, self.resume, self.offered_to = self.resume, "", ""

    _recall = _answer = _give_back

    def _assign(self, *, handler: str, **_) -> None:
        self.state, self.handler = "investigating", handler

    def _ask(self, **_) -> None:
        self.resume, self.state, self.reminded = self.state, "awaiting_complainant", False

    def _resolve(self, **_) -> None:
        self.state, self.outcome = "resolved", "refunded"

    _confirm = _resolve

    def _object(self, **_) -> None:
        self.state, self.outcome, self.is_duplicate = "accepted", "", False

    _reopen = _object

    def _close(self, **_) -> None:
        self.state = "closed"

    def _carry_on(self, **_) -> None:
        self.wished = False

    def _withdraw(self, **_) -> None:
        self.state, self.proposed = "withdrawn", False
        self.offered_to = self.resume = ""
