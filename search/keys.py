"""Identifiers as index keys: one form at both ends, however they were typed.

A key is lower case and holds no blank: ``0912345678`` for every spelling of that phone, ``shop.example/a`` for a
link, ``82-7k3f9-q2mxa`` for a case. ``~5678`` stands for "ends in 5678", so that the last four to six digits find
a number. Typed alone, or as a field's value, they may be all of it, too, or half the number of a case; among words they
are a year or an amount before they are an imported row's own number.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from complaints.identifiers import normalise

SHORTEST_ENDING, LONGEST_ENDING = 4, 6
SHORTEST_NUMBER = 7

_CASE_NUMBER = re.compile(
    r"(?<![\w-])(\d{2})(?:-?|(?= [a-z]*\d) )([0-9A-HJKMNP-TV-Z]{5})(?:-?|(?= [a-z]*\d) )([0-9A-HJKMNP-TV-Z]{5})(?![\w-])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?<![\w@.])(?:[a-z]{3,5}://)?(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?![\w@])(?:[/?#][^\s\"“”<>]*)?", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\w)\+?\(?\d(?:[ .\-()]{0,2}\d){3,18}(?!\w|[.,]\d)")
# Anything with a digit, a hyphen or an underscore may be the code of something: an account, an imported row.
_CODE = re.compile(r"(?<!\w)(?=\w)(?=\S{0,60}[\d_-])\w[\w./:-]{2,60}(?!\w)")
# One in seven halves of a case number is letters alone: taken for that where nothing else was typed.
_HALF_NUMBER = re.compile(r"\A\s*([A-HJKMNP-TV-Z]{5})\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """An identifier in a text: its place and the keys it may have. ``whole``: it is one, not only a number."""

    start: int
    end: int
    keys: frozenset[str]
    whole: bool


def key_of(text: str) -> str:
    return "_".join(text.casefold().split())[:200]


def typed(kind: str, key: str) -> str:
    """The key as one of a kind alone: ``phone:0912345678``."""
    return f"{kind}:{key}"


def with_whole(found: Collection[str]) -> set[str]:
    """The keys, and of an ending the number that is nothing else."""
    return {*found, *(key.removeprefix("~") for key in found)}


def keys_of(kind: str, value: str) -> set[str]:
    """The keys under which a stored identifier (normalised, see `complaints.identifiers`) is found, whatever it is
    taken for and as one of its kind."""
    plain = _plain_keys(kind, value)
    return plain | {typed(kind, key) for key in plain}


def _plain_keys(kind: str, value: str) -> set[str]:
    if kind in {"phone", "bank_account", "tax_code", "barcode"}:
        return _number_keys(value)
    keys = {key_of(value)}
    if kind == "url":
        keys.add(key_of(re.split("[/?]", value, maxsplit=1)[0]))
    if kind == "shop":
        keys.add(key_of(value.rpartition(":")[2]))
    return keys - {""}


def _number_keys(value: str) -> set[str]:
    whole = "0" + value[3:] if value.startswith("+84") else value.removeprefix("+")
    keys = {key_of(whole)}
    if whole.isdecimal() and len(whole) >= SHORTEST_NUMBER:
        keys |= {f"~{whole[-n:]}" for n in range(SHORTEST_ENDING, LONGEST_ENDING + 1)}
    return keys


def spans(text: str) -> list[Span]:
    """The identifiers typed in ``text``, none overlapping, in order."""
    found: list[Span] = []
    # Letter by letter: a bank's statement holds thousands of numbers, too many to compare each with each.
    taken = bytearray(len(text))
    for pattern, keys_in in _KINDS:
        for match in pattern.finditer(text):
            start, end = match.span()
            made = frozenset() if any(taken[start:end]) else frozenset(keys_in(match)) - {""}
            if made:
                whole = pattern not in {_CODE, _HALF_NUMBER} and not any(key.startswith("~") for key in made)
                found.append(Span(start, end, made, whole))
                taken[start:end] = b"\1" * (end - start)
    return sorted(found, key=lambda span: span.start)


def _case_number(match: re.Match[str]) -> set[str]:
    letters = match[2] + match[3]
    # Ten digits in a row are a phone or an account before they are a case.
    plain = {key_of(re.sub("[ -]", "", match[0]))} | _typed_number(match[0]) if letters.isdecimal() else set()
    return {f"{match[1]}-{match[2]}-{match[3]}".casefold()} | plain


def _email(match: re.Match[str]) -> set[str]:
    return {key_of(match[0])}


def _address(match: re.Match[str]) -> set[str]:
    return {key_of(normalise("url", match[0]).value), key_of(normalise("shop", match[0]).value)}


def _digits(match: re.Match[str]) -> set[str]:
    made = _typed_number(match[0])
    return with_whole(made) if match[0] == match.string.strip() else made


def _typed_number(text: str) -> set[str]:
    digits = "".join(c for c in text if c.isdecimal())
    if len(digits) < SHORTEST_NUMBER:
        return {f"~{digits}"} if SHORTEST_ENDING <= len(digits) <= LONGEST_ENDING else set()
    phone = normalise("phone", text).value
    return {digits, "0" + phone[3:] if phone.startswith("+84") else digits}


def _code(match: re.Match[str]) -> set[str]:
    return {key_of(match[0].rstrip(".:/-"))}


def _half_number(match: re.Match[str]) -> set[str]:
    return {key_of(match[1])}


_KINDS = (
    (_CASE_NUMBER, _case_number),
    (_EMAIL, _email),
    (_ADDRESS, _address),
    (_DIGITS, _digits),
    (_CODE, _code),
    (_HALF_NUMBER, _half_number),
)
