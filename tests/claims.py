"""Proves what a sentence claims of chance, usual variation and history, from the counts and values behind it alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Comparison
from shp_analysis.config.catalogue import Kind
from shp_analysis.measures.observations import select_within
from shp_analysis.reference.periods import Period

LEVEL = 0.05
LONG_HISTORY = 24
SMALL_TOTAL = 100
"""Two counts that together are fewer are tested exactly by chance alone."""
CLAIM_WORDS = re.compile(r"chance|usual variation|variation over|comparable (?:months|quarters|years)|published ranges")


def list_false_claims(assessment: Assessment, comparison: Comparison, text: str) -> list[str]:
    """List the claims of a sentence about a comparison that the numbers do not bear out, and those nobody can prove."""
    left = text
    faults: list[str] = []
    for pattern, holds in _CLAIMS.items():
        matches = re.finditer(pattern, left)
        faults += [f"{each[0]!r} in {text!r}" for each in matches if not holds(comparison, assessment.months, each)]
        left = re.sub(pattern, "", left)
    if CLAIM_WORDS.search(left):
        faults.append(f"no proof of {left!r}")
    return faults


def p_by_chance(comparison: Comparison, observations: pd.DataFrame) -> float:
    """Test two counts as chance alone would have them: exactly where they are small, else by the normal."""
    then, now = comparison.baseline_count, comparison.count
    assert then is not None
    assert now is not None
    before, after = _exposures(comparison, observations)
    total, share = then + now, after / (before + after)
    if total < SMALL_TOTAL:
        tails = stats.binom.cdf(now, total, share), stats.binom.sf(now - 1, total, share)
        return min(1.0, 2 * float(min(tails)))
    return float(2 * stats.norm.sf(abs(now - total * share) / math.sqrt(total * share * (1 - share))))


def p_by_history(comparison: Comparison, observations: pd.DataFrame) -> float:
    """Test two counts with the variance and the degrees of freedom that the history gives."""
    change = comparison.change
    assert change is not None
    before, after = _exposures(comparison, observations)
    total, share = change.baseline_count + change.count, after / (before + after)
    spread = change.dispersion
    z = (change.count - total * share) / math.sqrt(total * share * (1 - share) * spread.of_sums)
    return float(2 * stats.t(spread.degrees_of_sums).sf(abs(z)))


def _exposures(comparison: Comparison, observations: pd.DataFrame) -> tuple[float, float]:
    if comparison.kind is Kind.STOCK:
        return 1.0, 1.0
    if comparison.kind is Kind.RATIO:
        return float(comparison.baseline_whole or 0), float(comparison.whole or 0)
    return _person_days(comparison.baseline, observations), _person_days(comparison.period, observations)


def _person_days(period: Period, observations: pd.DataFrame) -> float:
    rows = select_within(observations, period)
    if rows.empty or rows["denominator"].isna().any():
        return float(period.days)
    spans = zip(rows["period_start"], rows["period_end"], rows["denominator"], strict=True)
    return float(sum(((end - start).days + 1) * people for start, end, people in spans))


def _is_within_chance(comparison: Comparison, observations: pd.DataFrame) -> bool:
    if comparison.kind is Kind.PROPORTION:
        counts = comparison.count, comparison.whole, comparison.baseline_count, comparison.baseline_whole
        low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
        return bool(low <= 0 <= high)
    is_counted = comparison.kind in {Kind.COUNT, Kind.STOCK, Kind.RATIO}
    return is_counted and p_by_chance(comparison, observations) >= LEVEL


def _history(comparison: Comparison) -> int:
    return comparison.change.dispersion.months if comparison.change else 0


def _has_history_of(comparison: Comparison, observations: pd.DataFrame, found: re.Match[str]) -> bool:
    """Say whether the history is as long as told, is short, and consists of such periods."""
    lengths = {
        (end - start).days + 1 for start, end in observations[["period_start", "period_end"]].itertuples(index=False)
    }
    days = {"months": (28, 31), "quarters": (90, 92), "years": (365, 366)}[found["unit"]]
    number = int(found["number"])
    is_such = days[0] <= min(lengths) and max(lengths) <= days[1]
    return is_such and number == _history(comparison) < LONG_HISTORY and number <= len(observations)


def _is_untested_by_history(comparison: Comparison, _: pd.DataFrame, __: re.Match[str]) -> bool:
    """Say whether nothing but chance was allowed for: shares, stocks, ratios, and counts without a history."""
    return comparison.kind in {Kind.PROPORTION, Kind.STOCK, Kind.RATIO} or _history(comparison) == 0


_Proof = Callable[[Comparison, pd.DataFrame, re.Match[str]], bool]
_HISTORY = r"(?P<number>\d+) comparable (?P<unit>months|quarters|years)"
_CLAIMS: Mapping[str, _Proof] = {
    r"more than chance alone, but": lambda c, o, _: not _is_within_chance(c, o),
    rf"{_HISTORY} are too few to tell": lambda c, o, found: (
        _has_history_of(c, o, found) and p_by_history(c, o) >= LEVEL
    ),
    r"within what chance alone would produce": lambda c, o, _: _is_within_chance(c, o),
    r"within its usual variation": lambda c, o, _: _history(c) >= LONG_HISTORY and p_by_history(c, o) >= LEVEL,
    r"beyond its usual variation": lambda c, o, _: _history(c) >= LONG_HISTORY and p_by_history(c, o) < LEVEL,
    rf"within its variation over {_HISTORY}": lambda c, o, found: (
        _has_history_of(c, o, found) and p_by_history(c, o) >= LEVEL
    ),
    rf"(?:beyond its variation over|judged on) {_HISTORY}": lambda c, o, found: (
        _has_history_of(c, o, found) and p_by_history(c, o) < LEVEL
    ),
    r"larger than chance alone would produce": lambda c, o, found: (
        _is_untested_by_history(c, o, found) and not _is_within_chance(c, o)
    ),
    r"allowing for chance alone": lambda c, o, found: (
        _is_untested_by_history(c, o, found) and not _is_within_chance(c, o)
    ),
    r"(?:within|beyond|judged on) the published ranges": lambda c, *_: c.kind is Kind.PUBLISHED,
    rf"Only {_HISTORY} show the usual variation, so the 95% range is wider": _has_history_of,
    r"No history is long enough to show the usual variation, so the 95% range allows for chance alone": (
        _is_untested_by_history
    ),
    # Of a share that is not judged: nothing was tested.
    r"more than chance moves this share": lambda c, *_: not c.is_judged,
}
"""How each claim is proved, the longer words before those that they hold."""
