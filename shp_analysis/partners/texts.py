"""Partners' own words, made into plain text before anything else is done with them.

What partners send is treated as hostile: it may hold HTML, links, characters that hide or reorder what a reader sees,
or somebody's particulars. Tags are taken out with nh3 (the ammonia library), links are replaced by words that say so,
and invisible characters are dropped. What is left is text, which pages escape once more when they print it.
"""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

LINK_REMOVED = "(link removed)"
MOST_ROUNDS = 20
"""Text escaped more often than this was not written by a person."""
_ADDRESS = r"(?:[a-z0-9-]+\.)+(?:com|org|net|uk|gov|info|io|eu|co|me|ly|biz)\b"
_LINK = re.compile(
    rf"[a-z][a-z0-9+.-]*://\S*|\b(?:javascript|vbscript|mailto|data):\S+|\bwww\.\S+|\b{_ADDRESS}(?:/\S*)?",
    re.IGNORECASE,
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_partner_text(text: str) -> str:
    """Make plain text of what a partner wrote.

    Parameters
    ----------
    text : str
        As received. It may hold anything.

    Returns
    -------
    str
        One paragraph without tags, links or invisible characters. Cleaning it again changes nothing. "<18" and "5 > 3"
        stay; a word right after "<" is taken for a tag and goes with all up to the next ">".

    Raises
    ------
    ValueError
        Where the text is escaped over and over, as no person writes.
    """
    plain = _drop_invisible(text)
    for _ in range(MOST_ROUNDS):
        before = plain
        # nh3 escapes what is left; the page escapes it again, so here it is undone.
        plain = _drop_invisible(html.unescape(nh3.clean(plain, tags=set())))
        plain = _LINK.sub(LINK_REMOVED, plain)
        if plain == before:
            return plain
    raise ValueError("is escaped over and over: write it as plain text")


def _drop_invisible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        character if character.isspace() or unicodedata.category(character) not in _INVISIBLE else ""
        for character in composed
    )
    return " ".join(visible.split())
