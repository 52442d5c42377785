"""Identifiers on the web: addresses, domains, shops and accounts."""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import idna
from django.utils.translation import gettext_lazy as _

from agencies.folding import fold

from .normalised import Normalised
from .shops import shop_of

_BAD_ADDRESS = _("This does not look like a web address. Please check it.")
_DISGUISED = _("This address hides where it leads: the real site is what follows the @ sign.")

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DEFANGED = ((re.compile(r"^hxxp", re.IGNORECASE), "http"), (re.compile(r"[\[({]\s*(?:\.|dot)\s*[\])}]"), "."))
_TRACKING = re.compile(
    r"^(?:utm_.*|[a-z]*clid|_ga|_gl|igsh(?:id)?|mibextid|zarsrc|spm|scm|sp_atk|xptdk|ref(?:src|id)?|aff_.*|smtt|"
    r"share_.*|sender_.*|is_from_webapp|is_copy_url|_r|_t|si|fbc_.*|__tn__|__cft__.*|_rdr|rdid|gads_t_sig|mcp_token|"
    r"af_.*|pid|deep_and_deferred|extraparams|tt_from|u_code|_d|checksum)$",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def split(text: str) -> SplitResult | None:
    """The address in parts, with ``https`` where no scheme was typed; None when it has no host or no sensible port."""
    text = re.sub(r"\s+", "", text)
    for pattern, plain in _DEFANGED:
        text = pattern.sub(plain, text)
    try:
        parts = urlsplit(text if _SCHEME.match(text) else f"https://{text.lstrip('/')}")
        well_formed = host_of(parts) and (parts.port is None or parts.port > 0)
        return parts if well_formed else None
    except ValueError:
        return None


def host_of(parts: SplitResult) -> str:
    """Lower-case host in punycode without ``www.``; raises ValueError (idna's errors are ValueErrors)."""
    host = (parts.hostname or "").rstrip(".")
    if not host or ":" in host:
        return host
    ascii_host = host if re.fullmatch(r"[a-z0-9._-]+", host) else idna.encode(host, uts46=True).decode()
    return ascii_host.removeprefix("www.") if "." in ascii_host else ""


def url(text: str) -> Normalised:
    """Host, port, path and query without scheme, fragment, tracking parameters and closing slash.

    A user name before the host only disguises it and is dropped, with a warning.
    """
    parts = split(text)
    if parts is None:
        return Normalised(text.casefold(), (_BAD_ADDRESS,))
    host = host_of(parts)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)]
    value = host + _port(parts) + parts.path.rstrip("/") + (f"?{urlencode(sorted(kept))}" if kept else "")
    return Normalised(value, (_DISGUISED,) if "@" in parts.netloc else ())


def _port(parts: SplitResult) -> str:
    port = parts.port
    return "" if port in (None, _DEFAULT_PORTS.get(parts.scheme.lower())) else f":{port}"


def domain(text: str) -> Normalised:
    """The host alone, whatever stood around it."""
    parts = split(text)
    return Normalised(host_of(parts)) if parts else Normalised(text.casefold(), (_BAD_ADDRESS,))


def shop(text: str) -> Normalised:
    """``platform:account`` for a link; a bare ``@name`` in lower case; a name folded, so that spellings meet."""
    parts = split(text) if "." in text or "/" in text else None
    if parts and (account := shop_of(host_of(parts), parts.path, parts.query)):
        return Normalised(account)
    if parts and "/" in text:
        return url(text)
    return Normalised(" ".join(fold(text).split()))


def defang(address: str) -> str:
    """The address readable but not clickable: ``hxxps://shop[.]example/a.b``."""
    scheme, separator, rest = address.strip().rpartition("://")
    scheme = re.sub("^http", "hxxp", scheme, flags=re.IGNORECASE)
    host, slash, path = re.match(r"([^/?#]*)([/?#]?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    return scheme + separator + host.replace(".", "[.]") + slash + path
