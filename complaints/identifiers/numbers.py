"""Identifiers made of digits: phones, bank accounts, tax codes, barcodes."""

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum.vn import mst

from .banks import canonical_bank
from .normalised import Normalised

_NOT_A_PHONE = _("This does not look like a Vietnamese phone number. Please check it.")
_OLD_PREFIX = _("Eleven-digit mobile numbers were changed in 2018; it is compared under its new prefix.")
_BAD_ACCOUNT = _("A bank account usually has 6 to 19 digits or letters. Please check it.")
_BAD_TAX_LENGTH = _("A tax code has 10, 12 or 13 digits. Please check it.")
_BAD_TAX_DIGIT = _("The check digit of this tax code does not match. Please check it.")
_BAD_BARCODE_LENGTH = _("A barcode has 8, 12, 13 or 14 digits. Please check it.")
_BAD_BARCODE_DIGIT = _("The check digit of this barcode does not match. Please check it.")

_LONGEST_SHORT_NUMBER = 6
# Mobile prefixes before and after 15/9/2018 (Ministry of Information and Communications, renumbering plan).
_RENUMBERED = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


def digits_of(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def phone(text: str) -> Normalised:
    """E.164, region VN. Short numbers (113, 156, 1022) stay as they are."""
    digits = digits_of(text)
    if 3 <= len(digits) <= _LONGEST_SHORT_NUMBER and digits[0] == "1":
        return Normalised(digits)
    renumbered = _renumbered(digits)
    number = _parsed(renumbered or text)
    if number is None or not phonenumbers.is_valid_number(number):
        return Normalised(digits or text.casefold(), (_NOT_A_PHONE,))
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Normalised(value, (_OLD_PREFIX,) if renumbered else ())


def _renumbered(digits: str) -> str:
    national = "0" + digits[2:] if digits.startswith("841") else digits
    new = _RENUMBERED.get(national[:4]) if len(national) == 11 else None
    return new + national[4:] if new else ""


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None


def bank_account(text: str, bank: str) -> tuple[Normalised, str]:
    """The account string in capitals without separators, and the bank's short name (as typed when unknown)."""
    account = re.sub(r"[\W_]+", "", text).upper()
    well_formed = 6 <= len(account) <= 19 and account.isascii() and any(c.isdigit() for c in account)
    return Normalised(account, () if well_formed else (_BAD_ACCOUNT,)), canonical_bank(bank)


def tax_code(text: str) -> Normalised:
    """Digits only. Twelve digits are a personal number, used as tax code since 1/7/2025: no check digit."""
    digits = digits_of(text)
    if len(digits) == 12:
        return Normalised(digits)
    if len(digits) not in (10, 13):
        return Normalised(digits or text.casefold(), (_BAD_TAX_LENGTH,))
    return Normalised(digits, () if mst.is_valid(digits) else (_BAD_TAX_DIGIT,))


def barcode(text: str) -> Normalised:
    """A GTIN; 12 and 14 digits are written as 13 where they mean the same article (GS1 General Specifications)."""
    digits = digits_of(text)
    if len(digits) not in (8, 12, 13, 14):
        return Normalised(digits or text.casefold(), (_BAD_BARCODE_LENGTH,))
    warnings = () if ean.is_valid(digits) else (_BAD_BARCODE_DIGIT,)
    if len(digits) == 12:
        digits = f"0{digits}"
    return Normalised(digits[1:] if len(digits) == 14 and digits[0] == "0" else digits, warnings)
