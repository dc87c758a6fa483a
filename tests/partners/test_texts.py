"""Partners' words: whatever is sent, plain text comes out, and the words a reader should see are still there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.partners.returned_files import LINK_REMOVED, clean_partner_text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Two  patrols\n a\tweek", "Two patrols a week"),
        ("<b>Bold</b> claim", "Bold claim"),
        ("Before<script>alert(1)</script> after", "Before after"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;after", "after"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;after", "after"),
        ("Fish &amp; chips & peas", "Fish & chips & peas"),
        ("under-18s (<18), 5 > 3, 2 < 4", "under-18s (<18), 5 > 3, 2 < 4"),
        ("see https://evil.example/x?y=1 today", f"see {LINK_REMOVED} today"),
        ("see www.evil.example today", f"see {LINK_REMOVED} today"),
        ("see evil.com/path or evil.co.uk today", f"see {LINK_REMOVED} or {LINK_REMOVED} today"),
        ("_http://evil.example now", f"_{LINK_REMOVED} now"),
        ("javascript:alert(1) now", f"{LINK_REMOVED} now"),
        (
            "in Widnes, e.g. shops, i.e. theft; 13 of 26, 50.5% etc.",
            "in Widnes, e.g. shops, i.e. theft; 13 of 26, 50.5% etc.",
        ),
        ("data: 12 burglaries", "data: 12 burglaries"),
        ("a\u202eb\u200bc\u0000d\ufeff", "abcd"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("\u00a3500 \u2018quoted\u2019\u00a0words", "\u00a3500 \u2018quoted\u2019 words"),
        ("<p></p>", ""),
    ],
)
def test_what_is_sent_becomes_plain_text(sent, kept):
    assert clean_partner_text(sent) == kept


def test_text_escaped_over_and_over_is_refused():
    with pytest.raises(ValueError, match="escaped over and over"):
        clean_partner_text("&" + "amp;" * 40 + "lt;b")


hostile = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "&lt;",
                "&gt;",
                "&amp;",
                "script",
                "b",
                "/",
                "http://",
                "www.",
                "x.com",
                " ",
                "\u202e",
                "'",
                '"',
                "a",
            ]
        ),
        max_size=15,
    ).map("".join),
)


@given(hostile)
def test_cleaning_is_done_once_and_leaves_nothing_hidden(text):
    try:
        once = clean_partner_text(text)
    except ValueError:
        return
    assert clean_partner_text(once) == once
    assert all(unicodedata.category(each) not in {"Cc", "Cf", "Cs"} for each in once)
    assert "<script" not in once.lower()
    assert "http://" not in once.lower()
    assert once == " ".join(once.split())
