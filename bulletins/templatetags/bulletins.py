from collections.abc import Mapping
from typing import Any

from django import template

from bulletins.content import closing_numbers, written_day

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """Thousands as an official text groups them, in every language: ``1.234.567``."""
    return "" if number is None else f"{number:,}".replace(",", ".")


register.filter("closing_numbers", closing_numbers)
register.filter("written_day", written_day)


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key)
