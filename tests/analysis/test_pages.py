"""The analyst's assessment on the page: shown as signed, and taken off when a figure of it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import shp_analysis as shp
from shp_analysis.analysis.publishing import describe_assessment
from shp_analysis.partners.analyst_assessments import AnalystAssessment
from shp_analysis.partners.quarter_folder import PartnerFiles


def sign(run: shp.AnalysisRun, value: float) -> shp.AnalysisRun:
    own = AnalystAssessment(
        theme="domestic_abuse",
        what="Cases rose over the year.",
        so_what="More people are at high risk.",
        how_sure="Fairly sure.",
        what_else="The bar for a referral may be lower.",
        signed_by="Community safety analyst",
        signed_on=date(2025, 6, 20),
        figures={"DA-03 count": value},
    )
    return replace(run, partners=PartnerFiles(assessments=(own,)))


def test_it_is_shown_as_signed(abuse: shp.AnalysisRun) -> None:
    told = describe_assessment(sign(abuse, abuse.assessment("DA-03").count or 0))
    assert told is not None
    assert [each.term for each in told.items] == [
        "What happened", "Why it matters", "How sure we are", "What else it could be", "Signed",
    ]  # fmt: skip
    assert told.items[-1].text == "Community safety analyst, 20 June 2025"


def test_a_changed_figure_takes_it_off_the_page(abuse: shp.AnalysisRun) -> None:
    told = describe_assessment(sign(abuse, 9_999))
    assert told is not None
    assert [each.term for each in told.items] == ["Not shown"]
    assert "was 9999 and is" in told.items[0].text


def test_public_readers_are_not_told_a_withheld_figure(public: shp.AnalysisRun) -> None:
    told = describe_assessment(sign(public, 9_999))
    assert told is not None
    assert "9999" not in str(told)


def test_a_theme_without_one_says_nothing(abuse: shp.AnalysisRun) -> None:
    assert describe_assessment(replace(abuse, partners=PartnerFiles())) is None
