"""Where a person is found on a network: e-mail and network addresses, account names, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from shp_analysis.personal_data.texts import Span, read_forenames, read_ordinary_words

_ORGANISATIONS = (
    r"police|constab|council|borough|fire|nhs|gov|halton|cheshire|runcorn|widnes|partnership|news|bbc|official|safer"
    r"|community|merseyside|charity|crimestoppers|ons\b"
)
_NETWORKS = (
    r"(?:instagram|insta|ig|snapchat|tiktok|tik tok|facebook|fb|twitter|xbox|psn|playstation|discord|telegram"
    r"|whatsapp|kik|onlyfans|tinder|grindr|youtube|twitch|roblox|fortnite|linkedin|reddit)"
)
_SITES = (
    r"(?:facebook|fb|instagram|twitter|x|tiktok|linkedin|snapchat|youtube|threads|reddit|t|wa|onlyfans|twitch|github)"
    r"\.(?:com|me|net|tv)"
)

_LARGEST_OCTET = 255
_SMALLEST_FIRST_OCTET = 10
_OWN_MACHINE = frozenset({127, 255})


def find_accounts(text: str) -> Iterator[Span]:
    """Find e-mail addresses, account names and network addresses in a folded text."""
    for kind, pattern in _patterns():
        for found in pattern.finditer(text):
            yield Span(kind, found.start(), found.end())
    for found in re.finditer(r"(?<![\w.@/+-])@(?=\w*[a-z])([\w.]{3,30})(?![\w(])", text, re.IGNORECASE):
        if not re.search(_ORGANISATIONS, found[1], re.IGNORECASE):
            yield Span("an account on a network", found.start(), found.end())
    for found in re.finditer(
        rf"\b(?:www\.|m\.)?{_SITES}/(?:in/|u/|user/|add/|@)?([\w.@%-]{{3,}})", text, re.IGNORECASE
    ):
        if not re.search(_ORGANISATIONS, found[1], re.IGNORECASE):
            yield Span("an account on a network", found.start(), found.end())
    yield from _find_by_words(text)
    yield from _find_network_addresses(text)


def _find_by_words(text: str) -> Iterator[Span]:
    """Find accounts and addresses by a word that must, or must not, be in a list."""
    for found in re.finditer(
        rf"\b{_NETWORKS} (?:user ?)?(?:name|tag|handle)(?: is| was|:)? ['\"]?([\w.-]{{4,}})", text, re.IGNORECASE
    ):
        if found[1].lower().strip(".") not in read_ordinary_words():
            yield Span("an account on a network", found.start(), found.end())
    for found in re.finditer(r"(?<!\w)([a-z]{2,20}) at [\w-]{1,40}(?:\.[\w-]{1,40}){1,4}", text, re.IGNORECASE):
        if found[1].lower() in read_forenames():
            yield Span("an email address", found.start(), found.end())


def _find_network_addresses(text: str) -> Iterator[Span]:
    """Find IPv4 addresses; numbers of sections and versions, which begin with one digit, are none unless so named."""
    for found in re.finditer(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)", text):
        octets = [int(each) for each in found[0].split(".")]
        is_named = bool(re.search(r"\bip\b.{0,15}$", text[: found.start()], re.IGNORECASE))
        is_address = all(each <= _LARGEST_OCTET for each in octets) and octets[0] not in _OWN_MACHINE
        if is_address and (octets[0] >= _SMALLEST_FIRST_OCTET or is_named):
            yield Span("a network address", found.start(), found.end())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ignore = re.IGNORECASE
    at = r" ?(?:@|[\[({<*] ?(?:at|@) ?[\])}>*]) ?"
    dot = r"(?:\.| ?[\[({<*] ?(?:dot|\.) ?[\])}>*] ?| dot | \. )"
    account = (
        r"(?:(?:user ?|account |profile |screen |gamer ?|display )?(?:name|tag|handle|id)|account|profile|user|handle)"
    )
    account_name = r"(?=[\w.-]{0,30}(?:[\d_]|[a-z]\.[a-z]))[a-z][\w.-]{2,30}\w"
    return (
        (
            "an email address",
            re.compile(rf"(?<![\w.+'%-])[\w.+'%-]{{1,64}} ?@ ?(?:[\w-]{{1,40}}{dot}){{1,5}}[a-z]{{2,}}", ignore),
        ),
        (
            "an email address",
            re.compile(rf"(?<![\w.+'%-])[\w.+'%-]{{1,64}}{at}(?:[\w-]{{1,40}}{dot}){{1,5}}[a-z]{{2,}}\b", ignore),
        ),
        (
            "an email address",
            re.compile(
                r"(?<![\w.+'%-])[\w.+'%-]{1,64}@[\w-]+\.\w|(?<![\w.+'%-])[\w.+'%-]{2,64}@[a-z][\w-]{2,}", ignore
            ),
        ),
        (
            "an email address",
            re.compile(
                r"(?<![\w.+'%-])[\w.+'%-]{1,64}(?: dot [\w.-]{1,40}){0,4} at (?:[\w-]{1,40} dot ){1,5}[a-z]{2,}\b",
                ignore,
            ),
        ),
        (
            "an email address",
            re.compile(
                r"(?<![\w.+'%-])(?=[\w.+'%-]{0,40}[._])[\w.+'%-]{2,64} at (?:[\w-]{1,40}(?:\.| dot )){1,5}[a-z]{2,}",
                ignore,
            ),
        ),
        (
            "an email address",
            re.compile(
                r"(?<![\w.+'%-])[\w.+'%-]{1,64} at (?:gmail|hotmail|yahoo|outlook|icloud|live|btinternet|sky|aol|protonmail)\b",
                ignore,
            ),
        ),
        ("an email address", re.compile(r"\be-?mail(?:ed)?(?: address)?(?: is)?[ :]{1,3}[\w.+-]+ at [\w-]+", ignore)),
        (
            "an account on a network",
            re.compile(rf"\b{_NETWORKS}(?: {account})?(?: is| was|:|,| =|-)?[ :'\"(]{{1,3}}{account_name}", ignore),
        ),
        (
            "an account on a network",
            re.compile(rf"\b{_NETWORKS} {account}(?: is| was|:| =)[ :'\"]{{1,3}}@?\w{{3,}}", ignore),
        ),
        (
            "an account on a network",
            re.compile(
                rf"\b(?:user ?name|screen name|gamer ?tag|handle|(?:account|profile) name|goes by|posts as)(?: is| was|:| =)?[ :'\"]{{1,3}}(?:@?{account_name}|@\w+)",
                ignore,
            ),
        ),
        ("an account on a network", re.compile(rf"(?<![\w.-]){account_name} on {_NETWORKS}\b", ignore)),
        (
            "a network address",
            re.compile(
                r"(?<![\w:])(?=[\d:]{0,40}[a-f:]{2}|[\w:]{0,40}::)(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){2,6}:(?:[0-9a-f]{1,4})?(?![\w])",
                ignore,
            ),
        ),
        (
            "a network address",
            re.compile(r"(?<![\w:-])(?=[\w:-]{0,17}[a-f])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", ignore),
        ),
    )
