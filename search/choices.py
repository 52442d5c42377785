"""What the values of a query's fields are called: states, tracks, agencies, communes; in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from django.conf import settings
from django.utils.translation import override

from workflows.states import State, Track

from .names import Name
from .text import words


def folded(text: str) -> str:
    return " ".join(word.folded for word in words(text))


class KnownChoices:
    """The values one may ask for by name. ``names``: asked when one of an agency or a commune is first wanted."""

    def __init__(self, names: Callable[[], Iterable[Name]]) -> None:
        self.names = names

    def __call__(self, field: str, name: str) -> list[str]:
        """The values of the filter ``field`` that are called ``name`` (folded), or begin so, or have it in their names: the
        first of the three that any is; none when there is no such thing."""
        known: dict[str, list[str]] = getattr(self, f"_{field}", {})
        if name in known:
            return known[name]
        begins = [one for called, values in known.items() if f"{called} ".startswith(f"{name} ") for one in values]
        within = [one for called, values in known.items() if f" {name} " in f" {called} " for one in values]
        return list(dict.fromkeys(begins or within))

    @cached_property
    def _state(self) -> dict[str, list[str]]:
        return _named((name, str(state)) for state in State for name in _labels(State, state))

    @cached_property
    def _track(self) -> dict[str, list[str]]:
        return _named((name, str(track)) for track in Track for name in _labels(Track, track))

    @cached_property
    def _owner(self) -> dict[str, list[str]]:
        found = (one for one in self.names() if one.field == "owner")
        return _named((name, one.value) for one in found for name in (one.value, one.name, one.other))

    @cached_property
    def _commune(self) -> dict[str, list[str]]:
        return _named((one.name, one.value) for one in self.names() if one.field == "commune")


def _labels(choices: type[State | Track], value: str) -> Iterator[str]:
    yield value.replace("_", " ")
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield str(choices(value).label)


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        values = found.setdefault(folded(name), [])
        if value not in values:
            values.append(value)
    return found
