import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from documents.decree30 import balanced_lines

register = template.Library()
register.filter("balanced_lines", balanced_lines)

# A document's symbol, or the number of a file: groups of capitals and digits joined by dashes.
_SYMBOL = re.compile(r"\d+/(?:\d{4}/)?[A-ZĐ0-9]+(?:-[A-ZĐ0-9]+)+|\b\d{2}(?:-[A-Z0-9]{5}){2}\b", re.IGNORECASE)


@register.filter(is_safe=True)
def unbroken(text: str) -> SafeString:
    """Keep ``55/2024/NĐ-CP`` and ``82-7K3F9-Q2MXA`` on one line; the text itself is escaped and unchanged."""
    spanned = _SYMBOL.sub(lambda found: f'<span class="unbroken">{found[0]}</span>', conditional_escape(text))
    # safe: escaped above, and the pattern matches no markup
    return mark_safe(spanned)  # nosec B308, B703


@register.filter
def lower_first(text: str) -> str:
    """A sentence's text where it goes on after a colon; an abbreviation keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
