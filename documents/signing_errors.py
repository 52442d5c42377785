"""What is said where nothing was signed. Each text is a sentence of the catalogue, without any value in it: it is shown on
the page of what was to be signed, and stands in the operator's log."""

from django.utils.translation import gettext_noop as _

CANNOT_SIGN = _("The signature could not be made. Your administrator finds why in the log.")
NO_SIGNING_KEY = _("No signing key is set up. Your administrator finds how in the operating manual.")
NO_FILE = _("SIGNING_PKCS12 names no file.")
FILE_NOT_OPENED = _("The PKCS#12 file could not be opened: another password, or no key in it.")
NO_CERTIFICATE = _("The key has no certificate.")
EXPIRED = _("The certificate to sign with has expired. Have it renewed before you ask again.")
NOT_TOGETHER = _(
    "The signature that was made is not valid: the certificate and the key, or the time stamp and the file, do not belong together."
)
NOT_WHAT_WAS_APPROVED = _("The frozen file is not what was approved.")
NO_PACKAGE = _("The package python-pkcs11 is not installed.")
NO_MODULE = _("SIGNING_PKCS11_MODULE cannot be loaded: no such library, or not one for tokens.")
NO_TOKEN = _("There is no token with the label SIGNING_PKCS11_TOKEN. Is it plugged in?")
MANY_TOKENS = _("There is more than one token: name the right one, once, by SIGNING_PKCS11_TOKEN.")
NOT_ON_TOKEN = _("The token has no certificate with the label SIGNING_PKCS11_CERTIFICATE.")
MANY_ON_TOKEN = _("The token has more than one certificate with the label SIGNING_PKCS11_CERTIFICATE.")
NO_KEY_ON_TOKEN = _(
    "The token shows no key for the certificate: another certificate, or SIGNING_PKCS11_PIN is not set."
)
TOKEN_FAILED = _("The token answered with an error.")
TOKEN_BUSY = _("The token is busy with another signature.")
WRONG_PIN = _("The token refused the PIN. Have it put right before you ask again: some wrong tries lock the token.")
LOCKED_PIN = _("The token is locked, or its PIN has to be set anew. Whoever issued it unlocks it.")
NO_AUTHORITY = _("The time stamp authority cannot be reached, or answers with an error.")
NO_STAMP = _("What the time stamp authority answered is no time stamp.")


class SigningError(Exception):
    """Nothing was signed; the text is one of those above."""


class NoKey(SigningError):
    """No signing key is configured."""


class NotByItself(SigningError):
    """Not to be tried again by itself: somebody has to put it right first."""


class PinRefused(NotByItself):
    """A token locks itself after a few wrong PINs."""


class Expired(NotByItself):
    """The certificate is over."""
