"""Numbers that stand for one person: NHS, telephone, National Insurance, documents, records, vehicles, officers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from shp_analysis.personal_data.texts import Span

NHS_DIGITS = 10
_GAP = r"[\W_]{0,3}"
_NUMBER = r"(?:numbers?|num|nos?\.?|ref(?:erence)?s?\.?|id|#)"
_ACRONYMS = frozenset(
    [
        "ABE",
        "ACE",
        "AGE",
        "ALL",
        "AND",
        "ANY",
        "ARE",
        "ASB",
        "BID",
        "BUS",
        "BUT",
        "CAD",
        "CCE",
        "CCG",
        "CCTV",
        "CIN",
        "COP",
        "CPN",
        "CPS",
        "CSE",
        "CSP",
        "DAY",
        "DBS",
        "DHR",
        "DIP",
        "DSO",
        "DVA",
        "EDT",
        "EET",
        "EHE",
        "EUR",
        "FOR",
        "FTE",
        "GBH",
        "GBP",
        "HAS",
        "HER",
        "HIS",
        "ICB",
        "IOM",
        "IRO",
        "ISB",
        "ITS",
        "JCT",
        "KPI",
        "KSI",
        "LAC",
        "LAD",
        "LEA",
        "LED",
        "LSP",
        "MAP",
        "MAY",
        "MHA",
        "MOU",
        "NEW",
        "NFA",
        "NHS",
        "NOT",
        "NOW",
        "OIC",
        "ONS",
        "OUR",
        "OUT",
        "PCC",
        "PCN",
        "PER",
        "PND",
        "PRU",
        "PSD",
        "PSR",
        "PSP",
        "RSL",
        "RTA",
        "RTC",
        "SAB",
        "SAR",
        "SCR",
        "SEN",
        "SHE",
        "SLA",
        "SPC",
        "TAC",
        "THE",
        "TOO",
        "TOP",
        "TWO",
        "USD",
        "VAT",
        "VRU",
        "WAS",
        "WHO",
        "YOU",
        "YOT",
        "YJS",
        "YRO",
        "ROI",
        "OIL",
        "NIL",
        "MIL",
        "CIA",
        "VIA",
        "DIA",
        "FIA",
        "MIA",
        "RIZ",
        "BIZ",
        "BIG",
        "SIX",
        "PIN",
        "KIT",
        "OLD",
        "ONE",
        "OFF",
        "ILL",
        "OPT",
    ]
)
"""Groups of three letters beside a number that are no part of a vehicle's registration."""
_SHORT_WORDS = frozenset(
    [
        "AM",
        "AN",
        "AS",
        "AT",
        "BE",
        "BY",
        "DO",
        "FY",
        "GO",
        "HE",
        "IF",
        "IN",
        "IS",
        "IT",
        "ME",
        "MY",
        "NO",
        "OF",
        "ON",
        "OR",
        "PM",
        "SO",
        "TO",
        "UP",
        "US",
        "WE",
    ]
)
_VEHICLE = r"\b(?:reg(?:istration)?|vrm|vrn|index|plates?|vehicle|car|van|driving|drove|motorbike|bmw|audi|ford|golf)\b"
_IRISH = "IA|IB|IG|IJ|IL|IW|JI|OI|UI|XI|[ABCDEFGHJKLMNOPRSTUVWXY]Z"


def find_numbers(text: str) -> Iterator[Span]:
    """Find numbers that stand for one person in a folded text."""
    for finder in (_find_nhs_numbers, _find_telephones, _find_plates, _find_officers, _find_long_numbers):
        yield from finder(text)
    for kind, pattern in _patterns():
        for found in pattern.finditer(text):
            yield Span(kind, found.start(), found.end())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ignore = re.IGNORECASE
    person = (
        r"(?:crime|custody|case|client|patient|offender|prisoner|incident|occurrence|log|cad|nspis|niche|pnc|marac"
        r"|mappa|record|file|liquid ?logic|mosaic|eclipse|hospital|student|pupil|nominal|person|warrant|tenancy|rent"
        r"|claim|complaint|referral|exhibit|booking|housing|social care|social services|council tax|ll|swift|care ?first|victim|suspect|service user"
        r"|nhs|upn|cris|athena|iris|connect)"
    )
    # A number of a case has a letter, a stroke or no thousands; a year or a financial year is none.
    identifier = (
        r"(?!(?:19|20)\d\d(?:[/-]\d\d(?:\d\d)?)?(?![\w/-]))(?!\d{1,3}(?:,\d{3})+(?!\d))"
        r"(?=[\w/.-]*\d{2})(?:[a-z]{1,4}[ /.-]?){0,2}[\w]*\d[\w/.-]*\d[\w/-]*"
    )
    return (
        (
            "a National Insurance number",
            re.compile(
                rf"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-TW-Z]{_GAP}[A-CEGHJ-NP-TW-Z](?:{_GAP}\d){{6}}{_GAP}[A-D](?!\w)"
            ),
        ),
        (
            "a National Insurance number",
            re.compile(
                r"(?<!\w)[a-ceghj-tw-z][a-ceghj-np-tw-z](?:\d{6}|[\W_]{0,2}\d\d[\W_]\d\d[\W_]\d\d)[\W_]{0,2}[a-d](?!\w)",
                ignore,
            ),
        ),
        (
            "a National Insurance number",
            re.compile(
                rf"\b(?:ni(?:no)?|n\.i\.|national insurance)\b(?: {_NUMBER})?[\W_]{{0,4}}(?:is )?[a-z]{{2}}(?:{_GAP}\d){{6}}",
                ignore,
            ),
        ),
        (
            "a passport number",
            re.compile(
                rf"\bpassport\b(?: {_NUMBER})?(?: is|:|,)?[\W_]{{0,4}}(?=(?:[\W_]?[a-z0-9]){{7,12}}(?!\w))"
                r"(?!\d{1,3}(?:,\d{3})+)[a-z]{0,3}(?:[\W_]?\d){6,10}",
                ignore,
            ),
        ),
        (
            "a driving licence number",
            re.compile(
                r"(?<!\w)(?=[a-z]{1,5}9*[ -]?\d)[a-z9]{5}[ -]?\d{6}[ -]?[a-z9]{2}[ -]?\d?[ -]?[a-z0-9]{1,2}[a-z0-9](?:[ -]?\d\d)?(?!\w)",
                ignore,
            ),
        ),
        (
            "a driving licence number",
            re.compile(rf"\bdriving licen[cs]e(?: {_NUMBER})?\W{{0,3}}(?:is )?(?=\w*\d{{4}})\w{{8,18}}", ignore),
        ),
        (
            "a record number",
            re.compile(r"\b(?i:log|incident|case|occurrence|crime|custody)[ :#]{1,2}[A-Z]{1,4}[ /-]?\d{4,}\b(?!,\d)"),
        ),
        (
            "a record number",
            re.compile(
                rf"\b(?:custody record|(?:crime|police|intelligence) report|incident log|case (?:file|note))[ :.#-]{{1,3}}{identifier}",
                ignore,
            ),
        ),
        ("a record number", re.compile(rf"\b{person} {_NUMBER}(?: is| was)?[ :.#=-]{{0,3}}{identifier}", ignore)),
        (
            "a record number",
            re.compile(
                rf"\b(?:urn|upn|niche|cad|crn|pnc ?id|pncid|noms|nomis|uprn|imei|ref|reference)\b(?: {_NUMBER})?(?: is)?[ :.#=-]{{0,3}}{identifier}",
                ignore,
            ),
        ),
        (
            "a record number",
            re.compile(
                r"\b(?:log|incident|case|occurrence|exhibit|cad|file|nominal|client|patient|tenant|record)[ :#]{1,2}(?=[a-z/.-]*\d)"
                r"(?!(?:19|20)\d\d(?!\d))(?:[a-z]{1,4}[/.-]?)?\d{3,}(?:[/-]\d{2,4})?(?: of \d|[/-]|(?= (?:is|was|has|refers|concerns|relates)\b|[.;)]|$))",
                ignore,
            ),
        ),
        (
            "a record number",
            re.compile(
                r"(?<![\w/])(?=(?:[\w-]*/){2})(?=(?:[\w/-]*?[A-Z]){2})(?=(?:[\w/-]*?\d){5})(?=[\w/-]*\d{4})[A-Z0-9-]+(?:/[A-Z0-9-]+){2,}(?![\w/])"
            ),
        ),
        (
            "a record number",
            re.compile(r"(?<![\w/])(?:\d{2}|(?:19|20)\d{2})/\d{3,7}[A-Z](?!\w)|(?<![\w/])\d{3,6}/\d{2}[A-Z](?!\w)"),
        ),
        ("a record number", re.compile(r"(?<!\w)[A-Z]\d{4}[A-Z]{2}(?!\w)")),
        (
            "a bank account",
            re.compile(
                r"\b(?:account|acc|sort code|card)\b(?: (?:no|number|num)\.?)?[ :.#]{0,3}\d(?:[ -]?\d){5,18}(?![\d,])",
                ignore,
            ),
        ),
        (
            "a number spelt out",
            re.compile(
                r"(?:\b(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)\b[ ,.-]{0,2}){8,}",
                ignore,
            ),
        ),
    )


def _find_nhs_numbers(text: str) -> Iterator[Span]:
    for found in re.finditer(rf"(?=(?<![\w£$€])(?<!\d[.,])(\d(?:{_GAP}\d){{9}})(?![\w]|[.,]\d))", text):
        digits = re.sub(r"\D", "", found[1])
        before = text[max(0, found.start(1) - 25) : found.start(1)].lower()
        is_named = bool(re.search(r"\bn\.?h\.?s\b[^.;]{0,20}$", before)) and not re.search(
            r"\d{1,3}(?:,\d{3})+", found[1]
        )
        if is_named or (has_check_digit(digits) and _is_grouped(found[1])):
            yield Span("an NHS number", found.start(1), found.end(1))


def has_check_digit(digits: str) -> bool:
    """Say whether ten digits are an NHS number by their last: the weighted sum of the others, modulo 11."""
    if len(digits) != NHS_DIGITS or len(set(digits)) == 1:
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check % 11 == int(digits[-1])


def _is_grouped(written: str) -> bool:
    """Say whether digits are grouped as one number is, and not as a list of counts."""
    groups = [len(each) for each in re.findall(r"\d+", written)]
    gaps = {gap.strip() for gap in re.findall(r"\D+", written)}
    if len(gaps) > 1 and groups != [3, 3, 4]:
        return False
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", written) or re.search(r"[;,] | (?:and|to) ", written):
        return groups == [3, 3, 4] and len(gaps) == 1
    if re.match(r"(?:19|20)\d\d\W", written):  # a year or a day, and a number after it
        return False
    return groups in ([10], [3, 3, 4], [4, 3, 3], [3, 4, 3], [5, 5], [6, 4], [3, 7], [2] * 5, [1] * 10, [3, 3, 2, 2])


def _find_telephones(text: str) -> Iterator[Span]:
    national = rf"(?<![\w.,£$€])\(?[0O]{_GAP}(?:7(?:{_GAP}\d){{9}}|[12](?:{_GAP}\d){{8,9}})(?!\d)"
    abroad = rf"(?<!\w)(?:\+|00 ?|\(\+|\+\(){_GAP}4{_GAP}4{_GAP}(?:\(?0\)?)?{_GAP}[127](?:{_GAP}\d){{8,9}}(?!\d)"
    other = r"(?<!\w)(?:\+|00)[1-9]\d{0,2}[ -]?\(?\d(?:[ ().-]{0,2}\d){7,12}(?!\d)"
    mobile = r"(?<![\w.,£$€])(?:44[ -]?)?7\d{3}[ -.]?\d{3}[ -.]?\d{3}(?![\d,])"
    named = (
        r"\b(?:tel|telephone|phone|mobile|mob|landline|whatsapp|contact number)\b\.?(?: (?:no|number|num)\.?)?"
        r"(?: (?:is|was|on))?[ :.#=]{0,3}(?!0[38]|999|101|111)\d(?:[ ().-]{0,2}\d){5,13}(?![\d,])"
    )
    for found in re.finditer(f"{national}", text):
        groups = [len(each) for each in re.findall(r"[\dO]+", found[0].replace("(0)", "0"))]
        if groups[0] >= 3 or set(groups) == {1} or (set(groups[:-1]) == {2} and not re.search(r"[/,;]", found[0])):
            yield Span("a telephone number", found.start(), found.end())
    for pattern in (abroad, other, mobile, named):
        for found in re.finditer(pattern, text, re.IGNORECASE):
            is_list = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", found[0]) and pattern is not abroad
            if not is_list:
                yield Span("a telephone number", found.start(), found.end())


def _find_plates(text: str) -> Iterator[Span]:
    kind = "a vehicle's registration"
    for found in re.finditer(
        r"(?<!\w)([A-Za-z]{2}(?:0[1-9]|[125-7]\d)|[A-Za-z]{2}[125-7][Oo])([ -]?)([A-Za-z]{3})(?!\w)", text
    ):
        is_upper = found[0].upper() == found[0]
        is_word = found[3].upper() in _ACRONYMS and (found[2] or not is_upper)
        if not is_word and (is_upper or not found[2] or _near_vehicle(text, found.start()) or _is_no_word(found[3])):
            yield Span(kind, found.start(), found.end())
    for found in re.finditer(r"(?<!\w)([A-Z]{2})[ -](?:0[1-9]|[125-7]\d)[ -]([A-Z]{3})(?!\w)", text):
        if (
            found[1] not in _SHORT_WORDS
            and found[2] not in _ACRONYMS
            and (not text.isupper() or found[0] == text.strip())
        ):
            yield Span(kind, found.start(), found.end())
    for found in re.finditer(r"(?<!\w)[A-HJ-PR-Y]\d{1,3}([ -]?)([A-Z]{3})(?!\w)", text):
        is_road = bool(found[1]) and found[0][0] in "ABMESQ"
        if found[2] not in _ACRONYMS and (not is_road or _near_vehicle(text, found.start())):
            yield Span(kind, found.start(), found.end())
    for found in re.finditer(r"(?<!\w)([A-Z]{3}) ?\d{1,3}[A-HJ-NPR-TV-Y](?!\w)", text):
        is_money = found[0][-1] in "KMB" and found[1] in {"GBP", "EUR", "USD"}
        if not is_money and found[1] not in _ACRONYMS:
            yield Span(kind, found.start(), found.end())
    yield from _find_irish_plates(text)
    yield from _find_named_plates(text)


def _find_irish_plates(text: str) -> Iterator[Span]:
    for found in re.finditer(rf"(?<!\w)([A-Z]?(?:{_IRISH}))([ -]?)(\d{{3,4}})(?!\w)", text):
        is_year = re.fullmatch(r"(?:19|20)\d\d", found[3]) and found[2]
        is_sure = len(found[1]) == 3 or not found[2] or _near_vehicle(text, found.start())
        if is_sure and not is_year and found[1] not in _ACRONYMS:
            yield Span("a vehicle's registration", found.start(), found.end())


def _find_named_plates(text: str) -> Iterator[Span]:
    named = (
        r"\b(?:reg(?:istration)?(?: (?:no|number|plate|mark))?\.?|number plate|vrm|vrn|index(?: (?:no|number))?)"
        r"(?: is|:|,| was)?[ :]{1,3}['\"]?(?=[a-z0-9]*[ -]?[a-z0-9]*\d)(?=\d*[ -]?[a-z])[a-z0-9]{2,4}[ -]?[a-z0-9]{1,4}(?!\w)"
    )
    for found in re.finditer(named, text, re.IGNORECASE):
        if not re.search(r"(?:of|in|for|and|to|at|by)\b|(?:19|20)\d\d", found[0].split()[-1], re.IGNORECASE):
            yield Span("a vehicle's registration", found.start(), found.end())


def _near_vehicle(text: str, start: int) -> bool:
    return bool(re.search(_VEHICLE, text[max(0, start - 30) : start], re.IGNORECASE))


def _is_no_word(letters: str) -> bool:
    return not re.search(r"[aeiouy]", letters, re.IGNORECASE)


def _find_officers(text: str) -> Iterator[Span]:
    rank = r"(?:PC|WPC|PCSO|SPC|TDC|DC|DS|DI|DCI|PS|SGT|Sgt|Insp|P\.C\.|D\.C\.|[Pp]c|[Pp]cso)"
    worded = r"(?:(?:police |special )?constable|sergeant|inspector|officer|pcso)"
    number = r"(?!(?:19|20)\d\d(?!\d))(?!\d{1,3}(?:,\d{3})+)[A-Z]?\d{3,6}[A-Z]?(?![\w%]|,\d)"
    label = r"(?:collar|warrant(?: card)?|shoulder|badge|epaulette|officer'?s?|force|staff|employee|payroll) (?:no|num|number|id)\b"
    for pattern in (
        rf"(?<!\w){rank}\.?(?: (?:no|number|No)\.?)?[ #]{{0,2}}{number}",
        rf"(?i:\b{worded}(?: (?:no|number)\.?)?[ #]{{1,2}}){number}",
        rf"(?i:\b{label})[. :#]{{0,3}}(?:(?i:is|was) )?(?!\d{{1,3}}(?:,\d{{3}})+)[A-Z]{{0,3}}\d{{2,7}}[A-Z]?(?!\w)",
    ):
        for found in re.finditer(pattern, text):
            yield Span("an officer's number", found.start(), found.end())


def _find_long_numbers(text: str) -> Iterator[Span]:
    for found in re.finditer(r"(?<![\w.,£$€-])\d{11,19}(?![\w.,%-]*\w)", text):
        if not re.match(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", found[0]):
            yield Span("a record number", found.start(), found.end())
    for found in re.finditer(r"(?<![\w.,£$€])\d{4}(?:[ .-]\d{4}){3}(?![\w,])", text):
        if _has_luhn_digit(re.sub(r"\D", "", found[0])):
            yield Span("a bank account", found.start(), found.end())


def _has_luhn_digit(digits: str) -> bool:
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    return (sum(each // 10 + each % 10 for each in doubled) + sum(map(int, digits[::-2]))) % 10 == 0
