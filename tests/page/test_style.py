"""How numbers, verdicts and pictures look."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from shp_analysis.errors import BriefingError, RequestError
from shp_analysis.page import style

COUNTS = st.integers(-10_000_000, 10_000_000)
PERCENTAGES = st.floats(-500, 500)
BASES = st.integers(20, 1_000_000)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def draw(**kwargs) -> Figure:
    with style.use_house_style():
        figure = Figure(figsize=style.figure_size("wide"), **kwargs)
        axes = figure.subplots()
        axes.plot([1, 2, 4], label="Offences")
        axes.fill_between(range(3), [0, 1, 2], [2, 3, 5], hatch="//")  # hatches and clips have ids of their own
        axes.set_xlabel("Month")
        axes.legend()
    return figure


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "written"),
        [(2705, "2,705"), (0, "0"), (13_546, "13,546"), (None, "[x]"), (math.nan, "[x]"), (pd.NA, "[x]"), (2.5, "3")],
    )
    def test_counts(self, value, written):
        assert style.format_count(value) == written

    def test_an_adjusted_count_keeps_the_decimals_asked_for(self):
        assert style.format_count(41.26, decimals=1) == "41.3"

    @pytest.mark.parametrize(
        ("value", "written"), [(86, "+86"), (-3912, "−3,912"), (0, "0"), (-0.2, "0"), (0.4, "0"), (None, "[x]")]
    )
    def test_changes_of_counts(self, value, written):
        assert style.format_change_count(value) == written

    @pytest.mark.parametrize(
        ("value", "base", "written"),
        [
            # The papers' own figures: 13,418 to 13,546; 30,864 to 30,821; 34,733 to 30,821; 13 of 26.
            (100 * 128 / 13_418, 13_418, "+1%"),
            (100 * -43 / 30_864, 30_864, "−0.1%"),
            (100 * -3_912 / 34_733, 34_733, "−11.3%"),
            (50, 26, "+50%"),
            (12.4, 5_000, "+12%"),
            (12.4, 5_001, "+12.4%"),
            (0.44, 100, "+0.4%"),
            (-0.04, 30_000, "0%"),
            (0.04, 30_000, "0%"),
            (0, 100, "0%"),
            (200, 2, "too few"),
            (50, 19, "too few"),
            (50, 20, "+50%"),
            (None, 100, "[x]"),
            (math.inf, 100, "[x]"),
        ],
    )
    def test_percentages(self, value, base, written):
        assert style.format_change_percent(value, base) == written

    def test_a_share_has_no_plus_sign(self):
        assert style.format_percent(50, 26) == "50%"

    @pytest.mark.parametrize(
        ("ends", "base", "written"),
        [
            ((-12.6, -9.9), 34_733, "−12.6% to −9.9%"),
            ((-2.2, 8.9), 2_705, "−2% to +9%"),
            ((-50, 90), 12, "too few"),
            ((-50, None), 120, "[x]"),
        ],
    )
    def test_ranges_of_percentages(self, ends, base, written):
        assert style.format_percent_range(*ends, base, signed=True) == written

    def test_rates(self):
        assert [style.format_rate(value) for value in (12.34, 1_234.56, None)] == ["12.3", "1,234.6", "[x]"]

    @given(COUNTS)
    def test_a_count_can_be_read_back(self, value):
        assert int(style.format_change_count(value).replace(",", "").replace("−", "-")) == value

    @given(PERCENTAGES, BASES)
    def test_no_percentage_is_a_signed_zero_or_has_a_hyphen_for_minus(self, value, base):
        written = style.format_change_percent(value, base)
        assert "-" not in written
        assert written.strip("+−0.%") or written == "0%"

    @given(PERCENTAGES, BASES)
    def test_a_percentage_is_within_half_a_unit_of_what_it_was(self, value, base):
        written = float(style.format_percent(value, base).rstrip("%").replace("−", "-").replace(",", ""))
        assert abs(written - value) <= (0.05 if abs(value) < 1 or base > 5_000 else 0.5) + 1e-9


class TestVerdicts:
    def test_there_are_seven_with_a_letter_each(self):
        assert list(style.VERDICT_MARKS) == [
            "up",
            "down",
            "no clear change",
            "too few to say",
            "not comparable",
            "incomplete",
            "no local measure",
        ]
        assert len({mark.letter for mark in style.VERDICT_MARKS.values()}) == 7

    def test_only_the_two_directions_have_arrows(self):
        assert {word: mark.symbol for word, mark in style.VERDICT_MARKS.items() if mark.symbol} == {
            "up": "▲",
            "down": "▼",
            "no clear change": "–",
        }

    @pytest.mark.parametrize("mark", style.VERDICT_MARKS.values(), ids=lambda mark: mark.word)
    def test_a_letter_can_be_read_on_its_badge(self, mark):
        assert contrast(mark.fill, mark.ink) >= 4.5

    def test_the_directions_differ_without_hue(self):
        up, down = style.VERDICT_MARKS["up"], style.VERDICT_MARKS["down"]
        assert contrast(up.fill, down.fill) >= 3

    def test_a_slight_change_has_its_directions_mark_and_its_own_words(self):
        mark = style.mark_verdict("down slightly")
        assert (mark.letter, mark.word, mark.css_class) == ("D", "down slightly", "verdict-down")

    @pytest.mark.parametrize("word", ["improved", "no clear change slightly", "", "Up"])
    def test_another_word_is_refused(self, word):
        with pytest.raises(RequestError, match="is not a verdict"):
            style.mark_verdict(word)


class TestColours:
    def test_the_palette_is_the_analysis_functions(self):
        assert style.CATEGORICAL_COLOURS[0] == style.DUO_COLOURS[0] == "#12436D"
        assert len(style.CATEGORICAL_COLOURS) == 6

    @pytest.mark.parametrize("colour", [style.TEXT_COLOUR, style.MUTED_COLOUR])
    @pytest.mark.parametrize("ground", ["#FFFFFF", style.BAND_COLOUR])
    def test_text_can_be_read_on_white_and_on_the_band(self, colour, ground):
        assert contrast(colour, ground) >= 4.5


class TestFigures:
    def test_the_same_figure_gives_the_same_bytes(self):
        assert style.save_svg(draw()) == style.save_svg(draw())

    def test_svg_is_one_element_without_date_version_or_fonts(self):
        svg = style.save_svg(draw())
        assert svg.startswith("<svg")
        assert svg.rstrip().endswith("</svg>")
        for unwanted in ("<!DOCTYPE", "<?xml", "dc:date", "Matplotlib v", "font-family", "<text"):
            assert unwanted not in svg

    @pytest.mark.parametrize("name", style.FIGURE_SIZES_MM)
    def test_no_size_is_wider_than_the_page(self, name):
        width, height = style.figure_size(name)
        assert 0 < width * 25.4 <= style.PAGE_WIDTH_MM + 1e-9
        assert height > 0

    def test_an_unknown_size_is_refused(self):
        with pytest.raises(RequestError, match=r"Did you mean .*standard"):
            style.figure_size("standrd")

    def test_house_type_is_at_least_twelve_pixels(self):
        with style.use_house_style():
            sizes = [mpl.rcParams[key] for key in ("font.size", "xtick.labelsize", "legend.fontsize", "axes.labelsize")]
        assert min(sizes) >= style.SMALLEST_FONT_POINTS

    def test_small_type_is_refused_with_its_words(self):
        figure = draw()
        figure.axes[0].text(0, 0, "a footnote", fontsize=7)
        with pytest.raises(BriefingError, match=r"'a footnote' in the figure is 7 points"):
            style.save_svg(figure)

    def test_hidden_and_empty_type_is_no_matter(self):
        figure = draw()
        figure.axes[0].text(0, 0, "hidden", fontsize=7).set_visible(False)
        figure.axes[0].text(0, 0, " ", fontsize=7)
        assert style.save_svg(figure).startswith("<svg")

    def test_a_figure_wider_than_the_page_is_refused(self):
        with pytest.raises(BriefingError, match="254 mm wide and the page has 170 mm"):
            style.save_svg(Figure(figsize=(10, 4)))

    def test_matplotlib_is_left_as_it_was(self):
        before = dict(mpl.rcParams)
        with style.use_house_style():
            assert mpl.rcParams["svg.fonttype"] == "path"
        assert dict(mpl.rcParams) == before
