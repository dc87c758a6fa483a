"""Names of persons, and persons described so closely that everybody knows who is meant.

A name is two or more words that belong together, one of them a common forename or surname. What makes it the name of
something else - a street, a hospital, a law, an operation - is looked for around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shp_analysis.personal_data.texts import (
    Span,
    find_dates,
    read_forenames,
    read_known_names,
    read_ordinary_words,
    read_surnames,
    read_words_after_a_name,
)

NAME, NAME_AND_DATE, BIRTH, DESCRIPTION = (
    "a person's name",
    "a person's name with a date of birth",
    "a date of birth",
    "a description of one person",
)
_PARTICLES = frozenset(
    [
        "al",
        "el",
        "bin",
        "ibn",
        "ap",
        "ab",
        "ni",
        "nic",
        "mac",
        "van",
        "von",
        "der",
        "den",
        "de",
        "da",
        "di",
        "du",
        "dos",
        "del",
        "la",
        "le",
        "st",
        "ul",
        "abu",
        "uz",
        "bint",
    ]
)
_MONTHS = frozenset(["april", "may", "june", "august", "summer", "autumn", "winter", "march"])
_PLACE_SURNAMES = frozenset(
    [
        "hill",
        "park",
        "wood",
        "woods",
        "field",
        "fields",
        "lane",
        "street",
        "bridge",
        "brook",
        "brookes",
        "green",
        "moor",
        "moore",
        "marsh",
        "heath",
        "grove",
        "dale",
        "forest",
        "lake",
        "hall",
        "house",
        "church",
        "castle",
        "close",
        "gardens",
        "north",
        "south",
        "east",
        "west",
        "banks",
        "bush",
        "cross",
        "stone",
        "rock",
        "wells",
        "walker-park",
        "holland",
        "england",
        "ireland",
        "wales",
        "london",
        "lancaster",
        "preston",
        "bolton",
        "derby",
        "bradford",
        "stafford",
        "barton",
        "burton",
        "ashton",
        "norton",
        "sutton",
        "weston",
        "hale",
        "appleton",
        "farnworth",
        "day",
        "days",
        "house",
        "speed",
        "power",
        "price",
        "cash",
        "small",
        "short",
        "long",
        "good",
        "rich",
        "strong",
        "best",
        "rose",
        "court",
        "pool",
        "poole",
        "mills",
        "meadows",
    ]
)
_ONE_PERSON = (
    r"(?:man|woman|boy|girl|male|female|person|child|teenager|youth|baby|infant|toddler|pensioner|lad|lady|pupil"
    r"|student|victim|suspect|offender|perpetrator|client|patient|resident|tenant|neighbour|partner|ex|husband|wife|son"
    r"|daughter|mother|mum|father|dad|brother|sister|nan|grandmother|grandfather|uncle|aunt|cousin|boyfriend|girlfriend"
    r"|witness|caller|complainant|defendant|nominal|driver|rider|cyclist|pedestrian|passenger|carer|friend|worker"
    r"|teacher|nurse|doctor|officer|subject|aggrieved|informant|applicant|parent|sibling|twin|y/?o)"
)
_DONE_BY_ONE = (
    r"(?:was|is|has|had|lives|lived|said|says|disclosed|disclosing|reported|reports|told|fled|attended|moved|states|stated|alleged|alleges"
    r"|went|wants|asked|feels|felt|ran|returned|admitted|assaulted|threatened|hit|phoned|rang|called|claims|came|left"
    r"|died|attacked|punched|kicked|stabbed|refused|denied|made|needs|remains|disengaged|presented|contacted|stopped)"
)
_TITLES_ANY_CASE = r"(?:mr|mrs|ms|mx|miss|master|messrs|cllr|councillor|reverend|rev|sir|dame|prof|professor|dr|doctor)"
_RANKS = (
    r"(?:PC|WPC|PCSO|SPC|DC|DS|DI|DCI|DSU|ACC|CC|Insp|Inspector|Ch Insp|Supt|Superintendent|Sgt|Sergeant|Constable"
    r"|Detective|Officer|Nurse|Sister|Judge|Justice|Lord|Lady|Father|Imam|Pastor|Rabbi|Sheikh|Captain|Capt|Major"
    r"|Colonel|Col|Lt|Commissioner|Commander)"
)
_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")


@dataclass(frozen=True)
class _Word:
    """A word of a text, with what a name-like word may be."""

    text: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        return re.sub(r"'s?$", "", self.text.lower())

    @property
    def is_large(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_initial(self) -> bool:
        return len(self.text) == 1 and self.is_large

    @property
    def is_ordinary(self) -> bool:
        plain = self.plain
        return plain in read_ordinary_words() or (plain.endswith("s") and plain[:-1] in read_ordinary_words())

    @property
    def is_unknown_name(self) -> bool:
        """A word written large that is no ordinary one."""
        return self.is_large and len(self.plain) > 1 and not self.is_ordinary and not self.is_known

    @property
    def is_forename(self) -> bool:
        """A forename and nothing else."""
        return self._has(read_forenames(), is_also_a_word=False)

    @property
    def may_be_forename(self) -> bool:
        return self.is_forename or self._has(read_forenames(), is_also_a_word=True)

    @property
    def is_surname(self) -> bool:
        """A surname and nothing else."""
        plain = self.plain
        shaped = re.fullmatch(r"[od]'[a-z]{3,}|mc[a-z]{3,}|mac[a-z]{4,}|fitz[a-z]{4,}", plain) or (
            len(plain) > 5 and re.search(r"(?:[^aeiou](?:sk[ia]|ck[ia])|wicz|czyk|escu|enko|ovic)$", plain)
        )
        if (
            shaped
            and (self.is_large or plain[1] == "'")
            and plain != "o'clock"
            and not self.is_ordinary
            and plain not in {"macbook", "machine", "mackerel"}
        ):
            return True
        return self._has(read_surnames(), is_also_a_word=False)

    @property
    def may_be_surname(self) -> bool:
        return self.is_surname or self._has(read_surnames(), is_also_a_word=True)

    @property
    def is_known(self) -> bool:
        return self.may_be_forename or self.may_be_surname

    def _has(self, names: Mapping[str, bool], *, is_also_a_word: bool) -> bool:
        parts = [self.plain, *(self.plain.split("-") if "-" in self.plain else ())]
        return any(names.get(part) is is_also_a_word for part in parts)


def find_people(text: str) -> Iterator[Span]:
    """Find names of persons, dates of birth and descriptions of one person in a folded text."""
    clear = _blank_known_names(text)
    names = [*_find_pairs(clear), *_find_by_pattern(clear)]
    dates = list(find_dates(text))
    for start, end in names:
        is_dated = any(-25 <= day.start - end <= 25 or -25 <= start - day.end <= 25 for day in dates)
        yield Span(NAME_AND_DATE if is_dated else NAME, start, end)
    for day in dates:
        if kind := _judge_date(clear, day.start, day.end, is_long_ago=day.is_long_ago):
            yield Span(kind, day.start, day.end)
    for pattern in _births():
        for found in pattern.finditer(text):
            yield Span(BIRTH, found.start(), found.end())
    for pattern in _descriptions():
        for found in pattern.finditer(clear):
            yield Span(DESCRIPTION, found.start(), found.end())


def _blank_known_names(text: str) -> str:
    """Put signs in place of the names of organisations, saints, storms and operations, letter for letter."""
    for pattern in _known_patterns():
        text = pattern.sub(lambda found: re.sub(r"\w", "#", found[0]), text)
    return text


@cache
def _known_patterns() -> tuple[re.Pattern[str], ...]:
    known = "|".join(re.escape(name) for name in sorted(read_known_names(), key=len, reverse=True))
    things = (
        "Law|Place|House|Trust|Hospital|School|Church|Primary|Academy|College|Hospice|Day|Park|Centre|Shop|Fund|Legacy"
        "|Campaign|Gardens?|Bar|Arms|Lane|Road|Street|Close|Way|Court|Avenue|Bridge|Cafe|CE|RC|Catholic|CofE|Fields?"
    )
    word = r"[A-Za-z][\w'-]*"
    return (
        re.compile(rf"\b(?:{known})\b", re.IGNORECASE),
        re.compile(r"\b(?:St|Saints?|SS|Santa|San)\.? [A-Z][\w'-]+(?:(?: and|,| &) (?:St\.? )?[A-Z][\w'-]+)?"),
        re.compile(
            r"\b(?:[Oo]perations?|OPERATION|[Oo]p|OP|[Pp]roject|PROJECT|[Ss]torm|STORM|[Hh]urricane|[Tt]yphoon|[Ee]xercise|[Cc]yclone"
            rf"|[Pp]rogramme|[Ss]cheme|[Cc]ampaign|[Ii]nitiative)\.? (?:['\"])?[A-Z]{word[9:]}"
        ),
        re.compile(rf"\b[A-Z][\w-]+(?: [A-Z][\w-]+)?'?s'? (?:{things})\b"),
        re.compile(rf"\b(?:[A-Z][\w'-]+ ){{1,3}}(?:{'|'.join(word.capitalize() for word in _closed_words())})\b"),
    )


def _closed_words() -> list[str]:
    return sorted(
        read_words_after_a_name()
        - {
            "day",
            "street",
            "hill",
            "park",
            "wood",
            "woods",
            "wing",
            "green",
            "grove",
            "hall",
            "house",
            "lane",
            "market",
            "mill",
            "walk",
            "ward",
            "way",
            "high",
            "cross",
            "close",
            "court",
            "heath",
            "fields",
            "law",
            "young",
            "bar",
            "books",
            "care",
        }
        | {"hospital"}
    )


def _find_pairs(text: str) -> Iterator[tuple[int, int]]:
    words = [_Word(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]
    for first, second in _list_pairs(words):
        between = text[first.end : second.start]
        if not re.fullmatch(r"(?:[ ._-]|(?<=[A-Z ])\.)*(?:[a-zA-Z]+[ .'-]+)*", between) and not re.fullmatch(
            r" ?[,;/] ?", between
        ):
            continue
        if "\n" in between or len(between) > 20:
            continue
        is_comma = bool(re.search(r"[,;/]", between))
        if _is_name(first, second, is_comma=is_comma, is_dotted="." in between) and not _names_a_thing(
            text, first, second
        ):
            yield first.start, second.end


def _list_pairs(words: Sequence[_Word]) -> Iterator[tuple[_Word, _Word]]:
    """List neighbouring words, and those with only particles or initials between them: `van der`, `al`, `J.`."""
    for i, first in enumerate(words[:-1]):
        for second in words[i + 1 : i + 5]:
            yield first, second
            if not (second.text.lower() in _PARTICLES or second.is_initial):
                break


def _is_name(first: _Word, second: _Word, *, is_comma: bool, is_dotted: bool) -> bool:
    if is_comma:
        return _is_reversed(first, second)
    if is_dotted and not first.is_initial and not second.is_initial and first.is_large and len(first.text) > 3:
        # The end of a sentence, unless both are names, as in john.smith.
        return first.may_be_forename and second.is_surname
    if first.is_initial:
        return (
            (second.is_surname and second.is_large and first.text not in {"A", "I"})
            or (first.text == "A" and second.is_surname and is_dotted)
            or (is_dotted and second.is_unknown_name and first.text not in "ABCDEFNSW")
        )
    if second.is_initial:
        return (first.is_forename or first.is_surname) and first.is_large and not first.is_ordinary
    if not first.is_large and not second.is_large:
        return _is_lower_name(first, second)
    if first.is_forename and first.is_large:
        return (second.is_large and (not second.is_ordinary or second.is_surname)) or second.is_surname
    if not (first.is_large and second.is_large):
        return first.is_forename and second.is_surname
    if first.may_be_forename:
        return second.is_surname or (
            second.may_be_surname
            and second.plain not in _PLACE_SURNAMES
            and first.plain not in _MONTHS
            and not (first.is_ordinary and second.is_ordinary)
        )
    if second.is_surname:
        return first.is_unknown_name or (first.may_be_surname and not first.is_ordinary)
    return second.is_forename and (first.is_surname or (first.is_unknown_name and not second.is_ordinary))


def _is_lower_name(first: _Word, second: _Word) -> bool:
    if first.is_forename and not first.is_ordinary:
        return second.is_surname or (
            (second.may_be_surname and not second.is_ordinary)
            or second.plain in {"white", "brown", "black", "young", "king", "green", "hill", "wood"}
        )
    return first.may_be_forename and second.is_surname and not first.is_ordinary


def _is_reversed(first: _Word, second: _Word) -> bool:
    if not (first.is_large and second.is_large):
        return False
    if second.is_initial:
        return False
    is_family = first.is_surname or (first.may_be_surname and not first.is_ordinary)
    return (second.is_forename and (is_family or first.is_unknown_name)) or (
        second.may_be_forename and first.is_surname and not second.is_ordinary
    )


def _names_a_thing(text: str, first: _Word, second: _Word) -> bool:
    """Say whether the words around make it the name of a street, an organisation or a law."""
    if second.plain in read_words_after_a_name() and not second.is_surname:
        return True
    after = re.match(r"(?:'s?)?[ -]+([A-Za-z]+)", text[second.end :])
    if (
        after
        and after[1].lower() in read_words_after_a_name()
        and not re.match(r"house|home|street|park|close|way|care", after[1])
    ):
        return (
            after[1][0].isupper()
            or second.text.isupper()
            or after[1].lower()
            not in {
                "law",
                "act",
                "close",
                "home",
                "report",
                "stand",
                "project",
                "day",
                "recovery",
                "council",
                "support",
            }
        )
    before = text[max(0, first.start - 14) : first.start]
    return bool(re.search(r"\b(?:HMP|HMS|RNLI|University of|Lake|Mount|Fort) $", before))


def _find_by_pattern(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _titles():
        for found in pattern.finditer(text):
            word = _Word(found["name"], found.start("name"), found.end("name"))
            if "sure" in pattern.groupindex or not _is_no_name_after_title(word):
                yield found.start(), found.end()
    for pattern, needs in _contexts():
        for found in pattern.finditer(text):
            word = _Word(found["name"], found.start("name"), found.end("name"))
            is_it = (
                word.is_forename
                if needs == "forename"
                else (word.is_unknown_name or (word.is_known and not word.is_ordinary))
            )
            if is_it and "other" in pattern.groupindex:
                is_it = not _Word(found["other"], 0, 1).is_ordinary
            if is_it and word.plain not in read_words_after_a_name():
                yield found.start("name"), found.end("name")


def _is_no_name_after_title(word: _Word) -> bool:
    return (word.is_ordinary and not word.is_surname) or len(word.plain) < 2


@cache
def _titles() -> tuple[re.Pattern[str], ...]:
    name = r"(?P<name>[A-Z][A-Za-z]*(?:['-][A-Za-z]+)*)"
    initials = r"(?:[A-Z]\.? ?){0,3}"
    lower = r"(?P<name>[a-z]{3,}(?:['-][a-z]+)*)"
    known = "|".join(sorted(re.escape(each) for each, also in read_surnames().items() if not also))
    number = r"(?:(?:no\.? )?\d{1,6} )?"
    return (
        re.compile(rf"\b(?i:{_TITLES_ANY_CASE})\b[. ]{{1,2}}{initials}{name}"),
        re.compile(rf"\b(?:Mr|Mrs|Ms|Mx|MR|MRS)\b[. ]{{1,2}}{initials}(?P<name>[A-Z][A-Za-z]+)(?P<sure>)"),
        re.compile(rf"\b(?:mr|mrs|ms|mx)\b[. ]{{1,2}}(?:[a-z] )?{lower}"),
        re.compile(rf"\b(?i:{_TITLES_ANY_CASE}|{_RANKS})\b[. ]{{1,2}}(?P<name>(?i:{known}))\b"),
        re.compile(
            rf"\b{_RANKS}\b[. ]{{1,2}}(?:(?:Constable|Inspector|Sergeant|Superintendent|Chief) )?{number}{initials}{name}"
        ),
    )


@cache
def _contexts() -> tuple[tuple[re.Pattern[str], str], ...]:
    name = r"(?P<name>[A-Z][A-Za-z]+(?:['-][A-Za-z]+)*)"
    any_case = r"(?P<name>[A-Za-z]{3,}(?:-[A-Za-z]+)?)"
    return (
        # One forename, where the words around speak of one person.
        (
            re.compile(rf"\b(?i:{_ONE_PERSON})(?:,|:| called| named| is| was|,? \(?known as)?[ ,:('\"]{{1,2}}{name}\b"),
            "forename",
        ),
        (re.compile(rf"(?<![\w-]){name}(?:'s)? (?:and (?:her|his) |{_DONE_BY_ONE}\b)"), "forename"),
        (
            re.compile(
                rf"(?<![\w-]){name}(?: [A-Z]\.?)?,? \(?(?:aged? )?\d{{1,2}}(?!\d|,\d|%|[-/])\)?(?:,| of| from| who|\.|;|\)|$| yrs?| years? old|yo\b)"
            ),
            "forename",
        ),
        (
            re.compile(
                rf"(?<![\w-]){name}'s (?:partner|ex|mother|mum|father|dad|son|daughter|children|child|family|home|husband|wife|brother|sister|boyfriend|girlfriend|house|flat|address|school|carer|case|disclosure|injuries|behaviour|mental|drinking)"
            ),
            "forename",
        ),
        (
            re.compile(
                rf"\b(?:with|by|from|to|for|about|against|visited|saw|met|supporting|supported|regarding|re|concerning|housed|rehoused|moved|arrested|charged) {name}(?= and (?:her|his)|(?:'s)? (?:again|on|at|who|after|because|last|yesterday|today|about)\b|[.,;]|$)"
            ),
            "forename",
        ),
        (
            re.compile(
                rf"(?<![\w-]){name}, (?:her|his|their) (?:partner|ex|mother|mum|father|dad|son|daughter|children|husband|wife)\b"
            ),
            "forename",
        ),
        (re.compile(rf"\b(?i:she|he|they|who)(?:'s| is| was| are)? (?:called|named) {name}"), "forename"),
        # Any name, where the words before ask for one.
        (
            re.compile(
                rf"\b(?i:(?:{_ONE_PERSON} )?(?:full |his |her |their )name(?:d| is| was)?|{_ONE_PERSON}(?:'s)? name(?:d| is| was)?|(?:first |last |sur|fore|nick)name(?: is| was)?|(?:named|identified) as|a\.?k\.?a\.?|alias|known as|street name|nickname)[ :'\"-]{{1,3}}{name}"
            ),
            "any",
        ),
        (re.compile(rf"\b(?i:{_ONE_PERSON}) (?i:called|named|is called|was named|known as) ['\"]?{name}"), "any"),
        (
            re.compile(
                rf"\b(?i:name|names|full name|victim|suspect|offender|perpetrator|client|patient|witness|nominal|complainant|defendant|accused|aggrieved|tenant|social worker|key ?worker|contact|spoke (?:to|with)|signed|submitted by|completed by|prepared by|author|caseworker|support worker|head ?teacher)(?: is| was|:| =|,| -)?[ ]{name} (?=[A-Z][a-z]+\b)(?![A-Z][a-z]+ (?:Council|Police|Service|Team))(?P<other>[A-Z][a-z]+)"
            ),
            "any",
        ),
        (
            re.compile(
                rf"\b(?i:surname|forename|(?:victim|suspect|offender|client|patient)(?: name)?) ?[:=] ?{any_case}"
            ),
            "any",
        ),
    )


def _judge_date(text: str, start: int, end: int, *, is_long_ago: bool) -> str:
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    label = re.search(
        r"\b(?:d\W{0,2}o\W{0,2}b\b\.?|born|(?:date|day|year) of birth|birth ?day|birth ?date|d of b)\b(?P<gap>[^;]{0,25})$",
        before,
        re.IGNORECASE,
    )
    if label and not re.search(r"\b(?:between|after|before|since|from|until|by)\b", label["gap"], re.IGNORECASE):
        return BIRTH
    if re.match(
        r"[\W_]{0,3}(?:(?:is|was) (?:her|his|their|the) )?(?:d\.?o\.?b|(?:date|day) of birth|birth ?day|birthdate)",
        after,
        re.IGNORECASE,
    ):
        return BIRTH
    if not is_long_ago:
        return BIRTH if re.search(r"(?<![\w.])[A-Z]\. ?[A-Z]\.?\W{1,3}$", before) else ""
    if re.search(r"\bb(?:orn|n|\.)?\W{0,2}$|(?<!\w)[MF]\W{1,2}$", before) or re.search(
        rf"\b{_ONE_PERSON}\b\W{{1,3}}(?:\w+\W+){{0,2}}$", before, re.IGNORECASE
    ):
        return BIRTH
    if re.search(r"(?<![\w.])(?:[A-Z]\.? ?){2,3}[ ,(]{1,3}$", before):
        return BIRTH
    pair = re.search(r"([A-Za-z][\w'-]+),? +([A-Z][\w'-]+)[ ,;(-]+$", before)
    if pair:
        words = [_Word(each, 0, len(each)) for each in pair.groups() if each[0].isalpha()]
        if len(words) == 2 and all(word.is_large and not word.is_ordinary for word in words):
            return NAME_AND_DATE
    return NAME_AND_DATE if re.match(r"[ ,;:)-]+[A-Z][a-z'-]+,? [A-Z][a-z'-]+", after) and _follows_name(after) else ""


def _follows_name(after: str) -> bool:
    words = [_Word(found[0], 0, 1) for found in list(_WORD.finditer(after))[:2]]
    return all(not word.is_ordinary for word in words)


@cache
def _births() -> tuple[re.Pattern[str], ...]:
    ignore = re.IGNORECASE
    return (
        re.compile(
            r"\bd\W?o\W?b\b\.?(?: is| was)?[\W_]{0,3}(?:\d{1,2}[/.-]\d{2,4}|\d{6}\b|(?:19|20)\d\d\b|[a-z]{3,9}\.? (?:19|20)\d\d)",
            ignore,
        ),
        re.compile(r"\bdate of birth(?: is| was)?[\W_]{0,3}(?:\d{1,2}[/.-]\d{2,4}|\d{6}\b|(?:19|20)\d\d\b)", ignore),
        re.compile(
            r"\b(?:he|she|child|boy|girl|man|woman|male|female|victim|client|who) (?:was |is |were )?born (?:on|in) (?:the )?(?:[a-z]+ )?(?:19|20)?\d\d",
            ignore,
        ),
        re.compile(
            r"\b(?:her|his|their|whose|'s) birthday (?:is|was|falls) (?:on )?(?:the )?(?:\d{1,2}|[a-z]+(?:[ -][a-z]+)?)(?:st|nd|rd|th)? (?:of )?[a-z]{3,9}",
            ignore,
        ),
    )


@cache
def _descriptions() -> tuple[re.Pattern[str], ...]:
    age = r"(?:\d{1,2}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -][a-z]{3,5})?|[a-z]{2,6}teen|ten|eleven|twelve|six|seven|eight|nine|five|four|three|two)"
    aged = rf"(?:{age}[ -]?(?:years?|yrs?|y)[ -]?(?:old|o)?\b|{age}[ -]?(?:yo|y/o)\b|aged? {age}\b)"
    place = r"(?:of|from|in|at|near|living in|lives in|lives on|living on|who lives|resident (?:of|in)|residing|off)"
    person = r"(?:man|woman|boy|girl|male|female|child|teenager|youth|pensioner|lady|lad|pupil|student|victim|mother|mum|father|dad|tenant|resident|widow|widower|grandmother|grandfather|son|daughter|person|baby)"
    number = r"[,;]? ?\(?(?:(?:who is |is |age|aged) ?)?\d{1,2}(?![\d/%:]|,\d|\.\d)\)?(?=[,.;)]| of| from| who| yrs?| years?| y|$| was| at| in)"
    return (
        # Initials with an age.
        re.compile(rf"(?<![\w.])(?!U\.?K|U\.?S|E\.?U|N\.?B|A\.M|P\.M)[A-Z]\. ?[A-Z]\.? ?(?:[A-Z]\.?)?{number}"),
        re.compile(
            r"(?<![\w.])[A-Z]\.?,? \(?(?:who is |age |aged ) ?\d{1,2}\b|(?<![\w.])[A-Z]\.?, \(?\d{1,2}\)?,? (?:of|from|who)\b"
        ),
        re.compile(r"(?<![\w.])(?!ASB|KSI|CSE|CCE|YOT|NEET)[A-Z]{2,3},? \(?(?:aged|age) \d{1,2}\b"),
        re.compile(
            r"(?<![\w.])(?!ASB|KSI|CSE|CCE|YOT|NEET|LAC|CIN|CP)[A-Z]{2,3}, \(?\d{1,2}\)?,? (?:of|from|who|lives|living)\b"
        ),
        re.compile(r"(?<![\w.])[A-Z]{2} \(\d{1,2} ?(?:yo|yrs?|years?|y/o|[MF])[^)]{0,12}\)"),
        # Age, one person and a place.
        re.compile(
            rf"(?:\ba|\ban|\bthe|\bone|\bher|\bhis|\bthis|^|[.;,:(]) ?(?:\w+ )?{aged}[ -]?(?:\w+ ){{0,2}}?{person}\b(?:(?:\W+[\w'-]+){{0,5}}?\W+{place}|,) (?:the )?(?:[A-Z]|\d)",
        ),
        re.compile(
            rf"\b(?i:{person}) (?:is|was) (?:aged )?\d{{1,2}}\b(?! ?%).{{0,30}}\b(?:lives|lived|living|resides).{{0,20}} (?:in|at|on) [A-Z]"
        ),
        re.compile(
            rf"\b(?i:{person}),? \(?(?i:{aged}|\d{{1,2}})(?i: years)?\)?,?(?:\W+[\w'-]+){{0,4}}?\W+{place} (?:the )?(?:[A-Z]|\d)"
        ),
        re.compile(
            rf"\b(?:a|an|the|one) {person} (?:\w+ ){{0,3}}?(?:in (?:her|his) (?:teens|early \w+|late \w+|mid \w+|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|\d0s)) (?:\w+ ){{0,2}}?{place} [A-Z]"
        ),
        re.compile(
            rf"\b(?:a|the|one) {person} (?:from|of|who lives in|living in|living at|at) [A-Z][\w' ]+?(?:,| \(| who (?:is|was))? ?\(?(?:aged )?\d{{1,2}}\b(?!%)",
        ),
    )
