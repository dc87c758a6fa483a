"""Where a person is found: postcodes, addresses and positions; e-mail and network addresses, account names, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from shp_analysis.personal_data.texts import Span, read_forenames, read_ordinary_words, read_postcode_areas

_WORDS_LIKE_CODES = frozenset({"OLD", "OUT", "ONE", "OFF", "ILL", "ITS"})
_ROAD = (
    r"(?:street|str?|road|rd|avenue|ave?|lane|ln|close|cl|drive|dr|crescent|cres|court|ct|way|place|pl|grove|gr|gardens?"
    r"|gdns|terrace|terr?|walk|view|mews|row|hill|rise|square|sq|green|park|parade|croft|fold|brow|bank|meadows?|heath"
    r"|heys?|mount|wharf|quay|villas|cottages|path|circle|gate|chase|dale|nook|vale|causeway|boulevard)"
)
_SURE_ROAD = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|crescent|cres|grove|gardens|gdns|terrace|mews|court|croft|brow"
    r"|parade|walk|place|way)"
)
_HOUSE = (
    r"(?:cottage|house|lodge|farm(?:house)?|villa|barn|bungalow|manor|vicarage|rectory|hall|cedars|willows|elms|oaks)"
)
_MEASURES = frozenset(
    [
        "mph",
        "kph",
        "hour",
        "hours",
        "week",
        "weeks",
        "day",
        "days",
        "month",
        "months",
        "minute",
        "minutes",
        "mile",
        "miles",
        "year",
        "years",
        "metre",
        "metres",
        "percent",
        "per",
        "cent",
        "km",
        "people",
        "incidents",
        "incident",
        "crimes",
        "crime",
        "reports",
        "report",
        "cases",
        "case",
        "collisions",
        "collision",
        "casualties",
        "calls",
        "call",
        "visits",
        "offences",
        "offence",
        "robberies",
        "burglaries",
        "thefts",
        "residents",
        "properties",
        "homes",
        "households",
        "vehicles",
        "cars",
        "streets",
        "roads",
        "more",
        "fewer",
        "less",
        "new",
        "main",
        "trunk",
        "single",
        "dual",
        "busy",
        "residential",
        "extra",
        "other",
        "different",
        "separate",
    ]
)


def find_places(text: str) -> Iterator[Span]:
    """Find postcodes, addresses and exact positions in a folded text."""
    yield from _find_postcodes(text)
    yield from _find_addresses(text)
    yield from _find_positions(text)


@cache
def _postcodes() -> tuple[re.Pattern[str], ...]:
    areas = "|".join(read_postcode_areas())
    slips = r"[0-9OIL]{1,2}[A-HJKMNP-Y]?"
    end = r"[ABD-HJLNP-UW-Z]"
    spread = "|".join(" ".join(area) for area in read_postcode_areas())
    return (
        re.compile(rf"(?<![\w-])(?:{areas})[ .,_/()-]{{0,2}}{slips}[ .,_/()-]{{0,3}}[0-9OI]{end}{{2}}(?![\w-])"),
        re.compile(
            rf"(?<![\w-])(?:(?:{areas})[1-9]\d?[A-Z]?[ -]{{1,3}}\d[ -]{end} ?{end}|(?:{spread}) \d(?: [\dA-Z])? {{1,3}}\d {end} {end})(?![\w-])"
        ),
        re.compile(
            rf"(?<!\w)(?:{areas})[ -]?[1-9]\d?[a-z]?[ .,_/-]{{0,2}}\d[abd-hjlnp-uw-z]{{2}}(?!\w)", re.IGNORECASE
        ),
        re.compile(
            rf"\bpost ?code\W{{0,3}}(?:is )?(?:{areas})[ -]?\d{{1,2}}[a-z]?[ -]{{0,2}}[\do][a-z]{{2}}(?!\w)",
            re.IGNORECASE,
        ),
    )


def _find_postcodes(text: str) -> Iterator[Span]:
    slipped, spread, any_case, named = _postcodes()
    for found in slipped.finditer(text):
        letters = re.sub(r"[\W_]", "", found[0])
        has_digit = bool(re.search(r"\d", letters[:-3])) or letters[-3].isdigit()
        if has_digit and letters[-3:] not in _WORDS_LIKE_CODES:
            yield Span("a postcode", found.start(), found.end())
    for found in any_case.finditer(text):
        is_ordinal_or_measure = re.search(r"(?:1st|2nd|3rd|\dth)$|\d \d(?:hr|ft|gb|pt|ph)$", found[0])
        if not is_ordinal_or_measure:
            yield Span("a postcode", found.start(), found.end())
    for pattern in (spread, named):
        for found in pattern.finditer(text):
            yield Span("a postcode", found.start(), found.end())


def _find_addresses(text: str) -> Iterator[Span]:
    # A number and a road: every word between may belong to a name, and none tells a count or a measure.
    number = r"(?<![\w£$€.,:/-])(?!(?:19|20)\d\d\b)\d{1,4}(?: ?[A-Fa-f])?(?:[-/]\d{1,4})?(?![%\w])"
    for found in re.finditer(rf"{number},? +((?:[A-Za-z][\w'.-]* ){{1,3}})(?i:({_ROAD}))\b(?!')", text):
        if _is_road_name(found[1].split(), found[2], text[found.end() :]):
            yield Span("an address", found.start(), found.end())
    patterns = (
        r"\b(?:flat|apartment|apt|bedsit)\.? ?(?:no\.? ?)?\d{1,3}(?:[a-h]\b|(?=,? (?!(?:months|years|weeks|days|for|in|on|and|to|per)\b)[a-z0-9]))(?! ?%)",
        r"\b(?:at|of|from|address:?) (?:no\.?|number) ?\d{1,4}[a-f]?\b(?! ?(?:of|per|%))",
        rf"\b(?:number|no\.?) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|twenty|\d{{1,4}}),? (?:[a-z']+ ){{1,2}}{_SURE_ROAD}\b",
        rf"\b(?:(?:home|her|his|their|current|last) address|(?:he|she|who|victim|suspect|offender|client) (?:lives|resides|resided|lived|stays) (?:at|on))\b(?: (?:is|was|as))?[ :,]{{1,3}}(?:\d|the [a-z]+ {_HOUSE}\b|[a-z']+ {_HOUSE}\b|[a-z']+ {_SURE_ROAD}\b)",
        rf"\b(?:lives|living|resides|residing|lodging|staying) (?:at|in) (?:\d+|flat|the [a-z]+ {_HOUSE}|[a-z']+ (?:cottage|farm|farmhouse|bungalow|barn|lodge|villa))\b",
    )
    for pattern in patterns:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield Span("an address", found.start(), found.end())
    title = r"[A-Z][\w'-]+"
    for found in re.finditer(
        rf"\b(?:(?:The )?{title} (?i:{_HOUSE})|The {title}(?: {title})?),? (?:(?:\d+ )?{title} ){{1,2}}(?i:{_SURE_ROAD})\b",
        text,
    ):
        yield Span("an address", found.start(), found.end())


def _is_road_name(words: list[str], road: str, after: str) -> bool:
    plain = [word.lower().strip(".,'") for word in words]
    if any(word in _MEASURES for word in plain) or any(word.endswith(",") for word in words[:-1]):
        return False
    if after.lstrip().split(" ")[0].lower().strip(".,") in {
        "incidents",
        "robberies",
        "collisions",
        "thefts",
        "crimes",
        "reports",
        "offences",
        "burglaries",
        "shops",
        "stores",
    }:
        return False
    is_written_large = all(word[0].isupper() or word.lower() in {"the", "of"} for word in words) and road[0].isupper()
    if is_written_large:
        return plain[0] not in {"on", "in", "at", "of", "per", "to", "from"} and words[0] != "the"
    is_sure = bool(re.fullmatch(_SURE_ROAD, road, re.IGNORECASE))
    names = _names_of_roads()
    return is_sure and len(words) <= 2 and all(word not in read_ordinary_words() or word in names for word in plain)


@cache
def _names_of_roads() -> frozenset[str]:
    return frozenset(
        [
            "high",
            "church",
            "victoria",
            "station",
            "park",
            "mill",
            "school",
            "king",
            "queen",
            "prince",
            "royal",
            "north",
            "south",
            "east",
            "west",
            "upper",
            "lower",
            "new",
            "old",
            "green",
            "red",
            "white",
            "black",
            "bridge",
            "castle",
            "hill",
            "river",
            "heath",
            "moore",
            "norton",
            "ditton",
            "hale",
            "lord",
            "court",
            "london",
            "chester",
            "liverpool",
            "manchester",
            "widnes",
            "runcorn",
            "halton",
            "warrington",
            "main",
            "spring",
            "summer",
            "winter",
            "house",
            "farm",
            "town",
        ]
    )


def _find_positions(text: str) -> Iterator[Span]:
    kind = "a place finer than an LSOA"
    pair = r"(?<![\w.])[-+]?(?:49|5\d|60|61)\.\d{3,}[\W_]{1,4}(?:[NnEe]\b[\W_]{0,3})?[-+]?\d{1,2}\.\d{3,}(?!\w{2})|(?<![\w.])[-+]?[0-8]\.\d{4,}[\W_]{1,4}(?:49|5\d|60|61)\.\d{4,}(?!\w)"
    patterns = (
        pair,
        r"\b(?:lat(?:itude)?|lon(?:g|gitude)?|lng)\b[\W_]{0,3}(?:is )?[-+]?\d{1,2}\.\d{3,}",
        r"\b(?:easting|northing)s?\b[\W_]{0,3}(?:is )?\d{5,7}",
        r"\b\d{1,2} ?° ?\d{1,2} ?['’.]",
        r"(?<!/)///[a-z]{3,}\.[a-z]{3,}\.[a-z]{3,}\b|\b(?:what3words|w3w)\b\W{0,3}(?:is )?/{0,3}[a-z]+\.[a-z]+\.[a-z]+",
        r"\bgrid ref(?:erence)?\.?\W{0,3}(?:is )?[a-z]{2} ?\d{3,5} ?\d{3,5}\b",
    )
    for pattern in patterns:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield Span(kind, found.start(), found.end())
    for found in re.finditer(r"(?<!\w)[HNST][A-HJ-Z]( ?)(\d{3,5})( ?)(\d{3,5})(?!\w)", text):
        same = len(found[2] + found[4]) % 2 == 0 and (not found[3] or len(found[2]) == len(found[4]))
        is_prose = found[0][:2] in {"NO", "SO", "TO"} or re.search(r"(?:19|20)\d\d", found[0][2:6])
        if same and not is_prose:
            yield Span(kind, found.start(), found.end())


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
