"""What links one report to another: phones, bank accounts, addresses, shops, tax codes, barcodes.

Pure: no database. A wrong check digit is a warning, never a refusal.
"""

from .addresses import defang
from .identifier import Identifier, normalise
from .merging import indicator_rows
from .stories import find_in_text

__all__ = ["Identifier", "defang", "find_in_text", "indicator_rows", "normalise"]
