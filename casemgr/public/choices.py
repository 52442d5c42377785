"""What radio buttons and select boxes offer, in the reader's language."""

from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Bank, Channel, Kind, ProductGroup

Choices = list[tuple[str, str | list[tuple[str, str]]]]


def product_groups() -> Choices:
    return [
        ("", _("Choose, or leave empty")),
        *((row.code, str(row)) for row in ProductGroup.objects.filter(retired=False)),
    ]


def channels() -> Choices:
    """Grouped where a family has several rows."""
    families = {"marketplace": _("Online marketplaces"), "social": _("Social networks")}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for row in Channel.objects.filter(retired=False):
        grouped.setdefault(families.get(row.family, ""), []).append((row.code, str(row)))
    alone = grouped.pop("", [])
    return [("", _("Choose, or leave empty")), *grouped.items(), *alone]


def banks() -> QuerySet[Bank, str]:
    """Short names, for suggestions: any other name may be typed."""
    return Bank.objects.filter(retired=False).values_list("short_name", flat=True).distinct()


two_lines = lazy(
    lambda title, text: format_html(
        '<span><span class="choice-title">{}</span> <span class="choice-text">{}</span></span>', title, text
    ),
    SafeString,
)
KINDS = [
    (
        Kind.CRIME,
        two_lines(
            gettext_lazy("I was cheated out of money or property"),
            gettext_lazy("A deposit paid and the seller vanished; someone posing as police, a bank or a courier; investment, easy jobs, a stolen account."),
        ),
    ),
    (
        Kind.CONSUMER,
        two_lines(
            gettext_lazy("I bought something and it is not put right"),
            gettext_lazy("Not delivered, wrong or broken goods, no refund, no warranty, a bad service."),
        ),
    ),
    (
        Kind.VIOLATION,
        two_lines(
            gettext_lazy("I saw fake, smuggled or suspicious goods"),
            gettext_lazy("Fake brands, no label or origin, banned goods, false advertising. You need not have bought anything."),
        ),
    ),
    (
        Kind.FEEDBACK,
        two_lines(
            gettext_lazy("I have feedback or a proposal"),
            gettext_lazy("About consumer protection, markets or online trade in the province."),
        ),
    ),
]  # fmt: skip
