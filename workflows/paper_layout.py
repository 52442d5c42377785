"""From a paper's frozen content to the decree's document. Pure: JSON and dates in, `OfficialDocument` out.

Keys of the content that are read here, all texts unless said otherwise:

==============  ==================================================================================
``subject``     the summary (trích yếu)
``signatory``   ``{"title", "name"}``, where needed ``"authority"`` (a name of `Authority`),
                ``"instead_of"``, ``"collective"``
``recipients``  list of whom it goes to, ``archive`` list of where a copy is kept
``grounds``     list of ``Căn cứ …``
``addressees``  list, of an official letter: ``Kính gửi``
``field``       what an official letter's symbol ends with
``urgency``     a name of `Urgency`
``letterhead``  added when the paper is issued: ``{"issuer", "abbreviation", "place", "superior"}``
==============  ==================================================================================

Every other key is the template's own: the template reads the whole content as ``content``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from agencies.models import Agency
from documents.decree30 import Authority, Letterhead, OfficialDocument, Recipients, Signatory, Urgency


def letterhead_of(agency: Agency, place: str) -> dict[str, str]:
    """``place`` is where the date line says it was issued: the province, as a rule."""
    return {
        "issuer": agency.name,
        "abbreviation": agency.abbreviation,
        "place": place,
        "superior": agency.parent.name if agency.parent else "",
    }


def official_document(
    content: Mapping[str, Any], document_type: str, *, number: int | None, issued_on: date | None
) -> OfficialDocument:
    """``number`` None: a draft. Raises KeyError or ValueError for content that is no paper's."""
    signatory = content.get("signatory", {})
    urgency, authority = content.get("urgency"), signatory.get("authority")
    return OfficialDocument(
        letterhead=Letterhead(**content["letterhead"]),
        type_abbr=document_type,
        subject=content["subject"],
        signatory=Signatory(
            signatory.get("title", ""),
            signatory.get("name", ""),
            Authority[authority] if authority else None,
            signatory.get("instead_of", ""),
            signatory.get("collective", ""),
        ),
        recipients=Recipients(tuple(content.get("recipients", ())), tuple(content.get("archive", ("VT",)))),
        number=number,
        issued_on=issued_on,
        grounds=tuple(content.get("grounds", ())),
        urgency=Urgency[urgency] if urgency else None,
        draft=number is None,
        addressees=tuple(content.get("addressees", ())),
        field_abbr=content.get("field", ""),
    )
