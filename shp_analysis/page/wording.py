"""What a computed sentence may say, and what has to stand behind its words.

A board hears "significant", "because" and "34%" as facts. Each rule here names words that claim more
than a count does, says when the claim is backed, and says what to write instead. Partners' own words are
never checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from shp_analysis.errors import PercentWithoutBaseError
from shp_analysis.page.style import SMALLEST_PERCENT_BASE

FEWEST_TREND_POINTS = 5
FEWEST_RECORD_YEARS = 5


@dataclass(frozen=True)
class Evidence:
    """What supports the words of a sentence beyond its verdict.

    Attributes
    ----------
    is_tested : bool
        A significance test was made, and the sentence says of what: "significant" is allowed.
    is_steady : bool
        The 12-month interval lies within 5% either way: "stable" is allowed with "no clear change".
    points : int, optional
        Points of the series, none overlapping; "trend" needs five.
    years_without_break : int, optional
        Years of comparable series; "record high" needs five.
    is_denial : bool
        The sentence says what can not be concluded, so it may name a cause or a direction.
    """

    is_tested: bool = False
    is_steady: bool = False
    points: int | None = None
    years_without_break: int | None = None
    is_denial: bool = False

    def as_attribute(self) -> str:
        """Write the evidence as one HTML attribute value, such as `"is_tested points=24"`."""
        held = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return " ".join(
            name if value is True else f"{name}={value}"
            for name, value in held
            if value is not None and value is not False
        )


NO_EVIDENCE = Evidence()
"""Nothing but the verdict stands behind the words."""


@dataclass(frozen=True)
class Finding:
    """Words that a page may not say.

    Attributes
    ----------
    rule_id : str
        The rule that was broken.
    words : str
        The words as they stand.
    sentence : str
        Where they stand.
    instead : str
        What to write instead.
    """

    rule_id: str
    words: str
    sentence: str
    instead: str

    def __str__(self) -> str:
        return f"{self.rule_id}: '{self.words}' in '{self.sentence}'. {self.instead}"


@dataclass(frozen=True)
class _Claim:
    """Words found in a sentence, with all that may back them."""

    words: re.Match[str]
    sentence: str
    verdict: str | None
    evidence: Evidence


@dataclass(frozen=True)
class _Rule:
    rule_id: str
    pattern: re.Pattern[str]
    instead: str
    is_backed: Callable[[_Claim], bool]
    holds_in_denials: bool = False


def check_wording(sentence: str, *, verdict: str | None = None, evidence: Evidence = NO_EVIDENCE) -> list[Finding]:
    """Find the words of a computed sentence that nothing backs.

    Parameters
    ----------
    sentence : str
        One or more sentences of plain text.
    verdict : str, optional
        The verdict they rest on; without one no word of change is allowed.
    evidence : Evidence
        What else they rest on.

    Returns
    -------
    list of Finding
        In the order of the rules; empty where every word is backed.

    Examples
    --------
    >>> [finding.rule_id for finding in check_wording("Crime soared due to the weather.")]
    ['cause', 'loaded-word']
    >>> check_wording("Crime rose from 100 to 150 (+50, +50%).", verdict="up")
    []
    """
    text = " ".join(sentence.split())
    findings = [
        Finding(rule.rule_id, match[0], text, rule.instead)
        for rule in _RULES
        if rule.holds_in_denials or not evidence.is_denial
        for match in rule.pattern.finditer(text)
        if not rule.is_backed(_Claim(match, text, verdict, evidence))
    ]
    for part in _SENTENCE_END.split(text):
        findings.extend(_check_percentages(part, verdict))
    return findings


def refuse_percent_without_base(sentence: str, *, verdict: str | None = None) -> None:
    """Refuse a sentence in which a percentage stands without its two counts, or rests on too few to have one.

    Nothing is printed of such a sentence: it cannot be put right from its own words, because the counts are not there.

    Parameters
    ----------
    sentence : str
        One or more sentences of plain text.
    verdict : str, optional
        The verdict they rest on.

    Raises
    ------
    PercentWithoutBaseError
        With the percentage, the sentence, and what to write instead.

    Examples
    --------
    >>> refuse_percent_without_base("Hate crimes were 13 of 26 incidents (50%).")
    >>> refuse_percent_without_base("There was an increase of 34% in drug offences.")
    Traceback (most recent call last):
        ...
    shp_analysis.errors.PercentWithoutBaseError: percent-without-counts: '34%' in 'There was an increase of 34% in ...
    """
    parts = _SENTENCE_END.split(" ".join(sentence.split()))
    found = next((each for part in parts for each in _check_percentages(part, verdict)), None)
    if found is not None:
        raise PercentWithoutBaseError(str(found))


def _never(_: _Claim) -> bool:
    return False


# --- Percentages and their two counts


_COUNT = r"(?<![\d.,])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?!\d|,\d|\.\d|\s*(?:%|per ?cent))"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
_PERCENT = re.compile(
    r"(?<![\w.])[-+−±]?\d[\d,]*(?:\.\d+)?\s*(?:%|per ?cent\b)"
    r"(?!\s*(?:confidence|credible|prediction|ranges?|intervals?|limits?|CIs?|bands?)\b)",
    re.IGNORECASE,
)
_NEAR = r"[^;]{0,120}?"
# Each names two counts; `base` is the one that the percentage is of. Four digits without a comma are a year.
_COUNT_PAIRS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bfrom (?P<base>{_COUNT}){_NEAR} to (?P<count>{_COUNT})",
        rf"(?P<count>{_COUNT})(?: \w+){{0,4}},? (?:out )?of (?:the |all )?(?P<base>{_COUNT})",
        rf"\bof (?:the |all )?(?P<base>{_COUNT}){_NEAR},(?: \w+){{0,3}} (?P<count>{_COUNT})",
        rf"(?P<count>{_COUNT}){_NEAR}\b(?:compared (?:with|to)|against|from)(?: \w+)? (?P<base>{_COUNT})",
        rf"(?P<count>{_COUNT}){_NEAR},(?: \w+)? (?P<base>{_COUNT}){_NEAR}\b(?:a|last|the) year\b",
    )
)


def _check_percentages(sentence: str, verdict: str | None) -> Iterator[Finding]:
    pairs = [match for pattern in _COUNT_PAIRS for match in pattern.finditer(sentence)]
    for percentage in _PERCENT.finditer(sentence):
        if not pairs:
            yield Finding(
                "percent-without-counts",
                percentage[0],
                sentence,
                "Give both counts in the same sentence: 'from 2,705 to 2,791', '13 of 26', '46, against 32'.",
            )
        elif verdict == "too few to say" or _base_of(percentage, pairs) < SMALLEST_PERCENT_BASE:
            yield Finding(
                "percent-of-few",
                percentage[0],
                sentence,
                f"Its base is under {SMALLEST_PERCENT_BASE}: give the two counts and no percentage.",
            )


def _base_of(percentage: re.Match[str], pairs: list[re.Match[str]]) -> float:
    # A percentage belongs to the counts that stand nearest before it, or else to the first that follow.
    before = [pair for pair in pairs if pair.end() <= percentage.start()]
    pair = max(before, key=lambda match: match.end()) if before else min(pairs, key=lambda match: match.start())
    return float(pair["base"].replace(",", ""))


# --- When words are backed


def _is_tested(claim: _Claim) -> bool:
    return claim.evidence.is_tested


def _has_count(claim: _Claim) -> bool:
    return re.search(_COUNT, claim.sentence) is not None


def _gives_own_reason(claim: _Claim) -> bool:
    # Why the paper compares or prints nothing is its own doing, and no claim about the world.
    before = claim.sentence[: claim.words.start()]
    return (claim.verdict == "not comparable" and "cannot be compared" in before) or "withheld" in before


def _is_long_enough(claim: _Claim) -> bool:
    points = claim.evidence.points
    before = claim.sentence[: claim.words.start()]
    return (points is not None and points >= FEWEST_TREND_POINTS) or _DENIED_TREND.search(before) is not None


def _is_steady(claim: _Claim) -> bool:
    return claim.verdict == "no clear change" and claim.evidence.is_steady


def _is_record(claim: _Claim) -> bool:
    years = claim.evidence.years_without_break
    return years is not None and years >= FEWEST_RECORD_YEARS


def _names_comparators(claim: _Claim) -> bool:
    return _AMONG.search(claim.sentence) is not None and _PER.search(claim.sentence) is not None


def _goes(direction: str) -> Callable[[_Claim], bool]:
    return lambda claim: claim.verdict in {direction, f"{direction} slightly"}


_DENIED_TREND = re.compile(
    r"\b(?:too (?:small|few) to (?:show|see|say|draw)|not enough points \w+) (?:a |any )?$", re.I
)
_AMONG = re.compile(rf"\b(?:of|among) (?:the |its )?{_COUNT}", re.IGNORECASE)
_PER = re.compile(r"\bper (?:1,000|10,000|100,000)\b", re.IGNORECASE)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_QUANTITY = r"significant (?:numbers?|amounts?|quantit(?:y|ies)|volumes?)"
_NO_DIRECTION = "Say 'was 2,791, compared with 2,705', or pass the verdict that the words rest on."
_RULES: tuple[_Rule, ...] = (
    _Rule("vague-quantity", _words(_QUANTITY), "Give the count.", _has_count),
    _Rule(
        "significant-without-test",
        _words(rf"(?!{_QUANTITY})significan(?:t|tly|ce)"),
        "Give the two counts and the range; 'significant' needs a test.",
        _is_tested,
    ),
    _Rule(
        "cause",
        _words(
            r"because|due to|owing to|thanks to|as a (?:direct )?(?:result|consequence)"
            r"|caused by|attribut(?:ed|able) to|driven by|led to|on account of"
            r"|(?:this|that|which) (?:should|may|might|could|must|would)(?: well)?(?: be)? "
            r"(?:due|because|down to|thanks|reflects?|the|an? result)|(?:is|was) felt(?: that)?"
        ),
        "Leave the cause out: counts do not show it. What partners believe goes into partner context.",
        _gives_own_reason,
    ),
    _Rule(
        "loaded-word",
        _words(
            r"surg(?:e|es|ed|ing)|plung(?:e|es|ed|ing)|soar(?:s|ed|ing)?|plummet(?:s|ed|ing)?|(?:sky)?rocket(?:ed|ing)"
            r"|alarming(?:ly)?|worr(?:ying|yingly|isome)|pleasing(?:ly)?|shocking(?:ly)?|disappointing(?:ly)?"
            r"|dramatic(?:ally)?|encouragingly"
        ),
        "Say 'rose' or 'fell' with the two counts; let the reader be pleased or worried.",
        _never,
        holds_in_denials=True,
    ),
    _Rule(
        "trend-too-short",
        _words("trends?|trending"),
        f"A trend needs at least {FEWEST_TREND_POINTS} points that do not overlap: compare two periods.",
        _is_long_enough,
    ),
    _Rule(
        "steady-without-interval",
        _words("stable|static|steady|steadily|plateau(?:ed|s|ing)?"),
        "Say 'no clear change'. 'Stable' needs that verdict and a 12-month interval within 5% either way.",
        _is_steady,
    ),
    _Rule(
        "record-without-years",
        _words(r"record[- ](?:high|low)s?|(?:highest|lowest)(?: \w+)? (?:on record|ever|since records began)"),
        f"'Record' needs at least {FEWEST_RECORD_YEARS} years without a break: name the years compared.",
        _is_record,
    ),
    _Rule(
        "rank-without-comparators",
        _words(
            r"(?:highest|lowest|worst|best|most|fewest)\b[^.;]{0,40}?\b(?:in|of|across) (?:the )?"
            r"(?:country|nation|england|britain|uk|united kingdom|region|north west|county|force area)"
            r"|(?:highest|lowest|worst|best) nationally"
        ),
        "Give the rate and how many areas were compared: '12.3 per 1,000, 2nd of 15 similar areas'.",
        _names_comparators,
    ),
    _Rule(
        "direction-without-verdict",
        _words(
            r"rose|risen|ris(?:es?|ing)|increas(?:e|es|ed|ing)|gr(?:ew|own|owing|owth)|climb(?:s|ed|ing)"
            r"|went up"
        ),
        _NO_DIRECTION,
        _goes("up"),
    ),
    _Rule(
        "direction-without-verdict",
        _words(
            r"fell|fallen|fall(?:s|ing)?|decreas(?:e|es|ed|ing)|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)"
            r"|reduc(?:ed|es|ing|tions?)|went down"
        ),
        _NO_DIRECTION,
        _goes("down"),
    ),
)
