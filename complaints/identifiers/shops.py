"""Accounts on marketplaces and social networks, read off their addresses."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

_NAME = r"([\w.\-]{2,60})"

_FACEBOOK_PAGES = frozenset(
    "sharer sharer.php share watch marketplace story.php permalink.php photo photo.php reel reels events login "
    "help hashtag search stories video.php videos l.php dialog plugins gaming policies privacy business ads".split()
)
_SHOPEE_PAGES = frozenset("search cart mall flash_sale m user buyer daily_discover events web verify product".split())
_INSTAGRAM_PAGES = frozenset("p reel reels explore stories accounts tv".split())
_TELEGRAM_PAGES = frozenset("share joinchat addstickers s proxy".split())


def _first(path: str, *patterns: str) -> str:
    for pattern in patterns:
        if found := re.search(pattern, path, re.IGNORECASE):
            return found[1]
    return ""


def _vanity(path: str, reserved: frozenset[str]) -> str:
    name = _first(path, rf"^/{_NAME}/?(?:$|/)").lower()
    return "" if name in reserved else name


def _shopee(path: str, _query: str) -> str:
    if number := _first(path, r"-i\.(\d+)\.\d+", r"/product/(\d+)/\d+", r"/shop/(\d+)"):
        return number
    name = _vanity(path, _SHOPEE_PAGES)
    return f"@{name}" if name else ""


def _facebook(path: str, query: str) -> str:
    if path.lower().startswith(("/profile.php", "/permalink.php", "/story.php")):
        return next(iter(parse_qs(query).get("id", [])), "")
    if group := _first(path, rf"^/groups/{_NAME}"):
        return f"groups/{group.lower()}"
    if number := _first(path, r"^/(?:p|pages|people)/(?:[^/]*[-/])?(\d{6,})", r"^/(\d{6,})"):
        return number
    # Facebook ignores the dots of a vanity name.
    return _vanity(path, _FACEBOOK_PAGES | {"p", "pages", "people", "groups"}).replace(".", "")


def _zalo(path: str, _query: str) -> str:
    if group := _first(path, r"^/(g/\w+)"):
        return group
    number = _first(path, r"^/(?:pc/|s/)?(\+?\d{9,20})")
    mobile = re.fullmatch(r"(?:\+?84|0)([35789]\d{8})", number)
    return f"+84{mobile[1]}" if mobile else number


def _telegram(path: str, _query: str) -> str:
    return _vanity(path.removeprefix("/s/"), _TELEGRAM_PAGES)


_PLATFORMS: tuple[tuple[str, str, Callable[[str, str], str]], ...] = (
    (r"shopee\.vn", "shopee", _shopee),
    (r"(?:.+\.)?tiktok\.com", "tiktok", lambda path, _q: _first(path, rf"^/@{_NAME}").lower()),
    (r"(?:.+\.)?(?:facebook\.com|fb\.com)|m\.me", "facebook", _facebook),
    (r"(?:.+\.)?zalo\.me", "zalo", _zalo),
    (r"(?:.+\.)?lazada\.vn", "lazada", lambda path, _q: _first(path, rf"^/shop/{_NAME}").lower()),
    (r"tiki\.vn", "tiki", lambda path, _q: _first(path, rf"^/cua-hang/{_NAME}").lower()),
    (r"sendo\.vn", "sendo", lambda path, _q: _first(path, rf"^/shop/{_NAME}").lower()),
    (r"(?:.+\.)?instagram\.com", "instagram", lambda path, _q: _vanity(path, _INSTAGRAM_PAGES)),
    (r"(?:.+\.)?youtube\.com", "youtube", lambda path, _q: _first(path, rf"^/(@{_NAME})", r"^/channel/(UC[\w-]+)")),
    (r"t\.me|telegram\.me", "telegram", _telegram),
)
# Hosts so common that naming them links nothing to anything.
_SHARED_HOSTS = re.compile(
    "|".join(f"(?:{host})" for host, *_ in _PLATFORMS)
    + r"|(?:.+\.)?(?:google\.com(?:\.vn)?|gmail\.com|youtu\.be|shopee\.com|shp\.ee|lazada\.com|fb\.me|bit\.ly|tinyurl\.com|"
    r"zalo\.vn|zalopay\.vn|momo\.vn|gov\.vn|apple\.com|goo\.gl|g\.page|vnexpress\.net|yahoo\.com|tiki\.com|sendo\.com)"
)


def shop_of(host: str, path: str, query: str = "") -> str:
    """``platform:account`` for an address on a known platform that names an account, else an empty text."""
    for pattern, platform, account_of in _PLATFORMS:
        if re.fullmatch(pattern, host):
            account = account_of(path, query)
            return f"{platform}:{account}" if account else ""
    return ""


def is_shared_host(host: str) -> bool:
    """A platform, a shortener, an authority: many sellers behind one host."""
    return _SHARED_HOSTS.fullmatch(host) is not None
