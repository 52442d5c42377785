"""What a rule says of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Normalised(NamedTuple):
    value: str
    warnings: tuple[_StrPromise, ...] = ()
