"""The family of errors, and what is suggested instead of a word that is not known."""

from __future__ import annotations

import pytest

from shp_analysis import errors
from shp_analysis.errors import ParametersError, PeriodError, RequestError, ShpAnalysisError, SourceError, suggest


def test_every_error_is_of_the_family():
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(kinds) == 10
    for kind in kinds:
        assert issubclass(kind, ShpAnalysisError)
        assert kind.__doc__


def test_what_was_asked_for_wrongly_can_be_told_from_what_failed():
    assert issubclass(PeriodError, RequestError)
    assert issubclass(ParametersError, RequestError)
    assert not issubclass(SourceError, RequestError)


@pytest.mark.parametrize(
    ("value", "allowed", "sentence"),
    [
        ("Burglery", ["Burglary", "Drugs"], "Did you mean Burglary?"),
        ("Burglery", ["Robbery", "Burglary"], "Did you mean Burglary or Robbery?"),
        ("BURGLARY", ["Burglary"], "Did you mean Burglary?"),
        ("PUK-0", ["PUK-01", "PUK-02", "ASB-01"], "Did you mean PUK-02 or PUK-01?"),
        ("x", ["Burglary"], ""),
        ("Burglary", [], ""),
    ],
)
def test_the_nearest_words_are_suggested_as_they_are_written(value, allowed, sentence):
    assert suggest(value, allowed) == sentence
