"""The machine and its words as Markdown: what `document_states` writes between the markers of docs/domain.md.

A made block stands between ``<!-- made: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from django.db.models import TextChoices
from django.utils.translation import override

from agencies.models import Role
from agencies.services.reference import SEEDS as AGENCY_SEEDS
from agencies.services.seeding import read_seed
from complaints.models import AnonymityReason, IndicatorKind, Kind, Origin, Vulnerability
from complaints.services.reference import SEEDS as COMPLAINT_SEEDS
from events.registry import KINDS
from workflows.conditions import CONDITIONS
from workflows.models import Audience, ClockRule, Referral
from workflows.services.reference import SEEDS
from workflows.states import (
    ENDED,
    MOVE,
    MOVES,
    OPEN,
    RESUME,
    RESUME_OR_RESOLVED,
    STAYS,
    Bar,
    By,
    Move,
    Outcome,
    RefusalReason,
    Stance,
    State,
    Track,
)  # fmt: skip

_BLOCK = re.compile(r"(?P<open><!-- made: (?P<name>[\w-]+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL)
_ENDS = {RESUME: "where it was", RESUME_OR_RESOLVED: "where it was, or `resolved`", STAYS: "stays"}
_CHOICES: Mapping[str, type[TextChoices]] = {
    "tracks": Track,
    "kinds": Kind,
    "origins": Origin,
    "roles": Role,
    "outcomes": Outcome,
    "refusal-reasons": RefusalReason,
    "stances": Stance,
    "bars": Bar,
    "referral-states": Referral.State,
    "audiences": Audience,
    "vulnerabilities": Vulnerability,
    "anonymity-reasons": AnonymityReason,
    "identifiers": IndicatorKind,
}


class BlocksDiffer(LookupError):
    """The page's markers and the blocks to be put there are not the same ones."""


def with_blocks(page: str, blocks: Mapping[str, str]) -> str:
    """The page with every made block replaced. Raises BlocksDiffer."""
    marked = [match["name"] for match in _BLOCK.finditer(page)]
    if sorted(marked) != sorted(blocks):
        raise BlocksDiffer(f"marked {sorted(marked)}, made {sorted(blocks)}")
    return _BLOCK.sub(lambda match: f"{match['open']}{blocks[match['name']].strip()}\n{match['close']}", page)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def machine_blocks() -> dict[str, str]:
    """Block name → Markdown, for docs/domain.md."""
    return {
        "diagram": diagram(),
        "states": _states(),
        "moves": _moves(),
        "clocks": _clocks(),
        "events": _events(),
        "agency-kinds": _seed_words(AGENCY_SEEDS / "agency_kinds.csv"),
        "categories": _seed_words(COMPLAINT_SEEDS / "categories.csv"),
        "product-groups": _seed_words(COMPLAINT_SEEDS / "product_groups.csv"),
        "channels": _seed_words(COMPLAINT_SEEDS / "channels.csv"),
        **{name: _choices(choices) for name, choices in _CHOICES.items()},
    }


def diagram() -> str:
    """The moves as a Mermaid state diagram."""
    inner, outer = _edges()
    lines = ["```mermaid", "stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{state}<br/>{_vietnamese(state)}" as {state}' for state in State]
    lines += [
        "    [*] --> lodged: lodge",
        f'    state "open (stays so by {", ".join(_staying())})" as open {{',
        *(f"        {line}" for line in inner),
        "    }",
    ]
    lines += [f"    {line}" for line in outer]
    lines += [f"    {state} --> [*]" for state in ENDED if not any(state in move.sources for move in MOVES)]
    return "\n".join([*lines, "```"])


def _staying() -> list[str]:
    """Moves out of every open state that leave it as it is: said in the group's title, since not every drawer of
    Mermaid can draw an arrow from a group to itself."""
    return [move.name for move in MOVES if move.sources == OPEN and move.target == STAYS]


def _edges() -> tuple[list[str], list[str]]:
    """Edges between open states, and the others; a move out of every open state leaves the group, and one that
    stays wherever it is has no arrow."""
    labels: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        for source in ("open",) if move.sources == OPEN else move.sources:
            for target in _targets(move, str(source)):
                labels.setdefault((str(source), target), []).append(move.name)
    inner: list[str] = []
    outer: list[str] = []
    for (source, target), names in labels.items():
        inside = source in OPEN and target in OPEN
        (inner if inside else outer).append(f"{source} --> {target}: {', '.join(names)}")
    return inner, outer


def _targets(move: Move, source: str) -> list[str]:
    if move.target == STAYS:
        return [source] if source in OPEN else []
    if move.target == RESUME:
        return _left_for(source)
    if move.target == RESUME_OR_RESOLVED:
        return [*_left_for(source), str(State.RESOLVED)]
    return [str(move.target)]


def _left_for(state: str) -> list[str]:
    """The states from which a case may have come to this one: where it goes back to."""
    return [str(source) for move in MOVES if move.target == state for source in move.sources]


def _states() -> str:
    rows = (
        (f"`{state}`", _vietnamese(state), _english(state), "open" if state in OPEN else "settled") for state in State
    )
    return table(("State", "In the interface", "Meaning", "Open"), rows)


def _moves() -> str:
    rows = (
        (
            f"`{move.name}`",
            _vietnamese_text(move.label),
            "every open state" if move.sources == OPEN else ", ".join(f"`{s}`" for s in move.sources),
            _ENDS.get(move.target, f"`{move.target}`"),
            "; ".join(_who(by) for by in move.by),
            "all" if move.tracks == tuple(Track) else ", ".join(move.tracks),
            "; ".join(_condition(name) for name in move.conditions),
        )
        for move in MOVE.values()
    )
    return table(("Move", "In the interface", "From", "To", "Who", "Tracks", "Otherwise it says"), rows)


def _condition(name: str) -> str:
    with override("en"):
        return f"`{name}`: {CONDITIONS[name].missing}"


def _who(by: By) -> str:
    roles = [role for role in Role if role in by.roles]
    return str(by.relation).replace("_", " ") + (f" ({', '.join(roles)})" if roles else "")


def _clocks() -> str:
    with override("en"):
        units = {str(unit): str(unit.label) for unit in ClockRule.Unit}
    rows = (
        (
            f"`{row['state'] or row['event']}`",
            f"`{row['track']}`" if row["track"] else "any",
            "urgent only" if row["urgent"] == "yes" else "",
            f"{row['amount']} {units[row['unit']]}",
            "next working day" if row["rolls"] == "yes" else "as it falls",
            row["legal_basis"],
        )
        for row in read_seed(SEEDS / "clock_rules.csv")
    )
    return table(("Obligation", "Track", "", "Limit", "An end on a day off", "Source"), rows)


def _events() -> str:
    """`A` is the agency that acted, `B` the one named in the event; `T` a time limit, `C` who is told of it."""
    rows = ((f"`{name}`", _sentence(kind.sentence), _sentence(kind.public)) for name, kind in sorted(KINDS.items()))
    return table(("Event", "Staff read", "The citizen reads"), rows)


_STANDING_FOR = {"who": "A", "to": "B", "limit": "T", "rung": "C", "before": "…", "due": "…"}


def _sentence(text: object) -> str:
    return _vietnamese_text(text) % _STANDING_FOR if text else ""


def _choices(choices: type[TextChoices]) -> str:
    rows = ((f"`{choice}`", _vietnamese(choice), _english(choice)) for choice in choices if str(choice))
    return table(("Code", "In the interface", "English"), rows)


def _seed_words(path: Path) -> str:
    rows: Iterator[Sequence[object]] = ((f"`{r['code']}`", r["label_vi"], r["label_en"]) for r in read_seed(path))
    return table(("Code", "Vietnamese", "English"), rows)


def _vietnamese(choice: TextChoices) -> str:
    with override("vi"):
        return str(choice.label)


def _english(choice: TextChoices) -> str:
    with override("en"):
        return str(choice.label)


def _vietnamese_text(text: object) -> str:
    with override("vi"):
        return str(text)
