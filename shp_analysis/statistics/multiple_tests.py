"""Reading many tests at once: p-values adjusted for how many were made.

Of sixty tests at the 5 % level three come out positive by chance alone. An adjusted p-value is read against the level
as if its test were the only one: Bonferroni's and Holm's hold the chance of any false positive below the level,
Benjamini and Hochberg's hold the expected share of false ones among the positives below it (Benjamini and Yekutieli's
do so however the tests depend on one another).

References
----------
Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
Benjamini and Hochberg (1995), JRSS B 57, 289-300.
Benjamini and Yekutieli (2001), Annals of Statistics 29, 1165-1188.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from statsmodels.stats.multitest import multipletests

from shp_analysis.errors import RequestError

Floats = npt.NDArray[np.float64]


class Adjustment(StrEnum):
    """How p-values are adjusted; the value is statsmodels' name of the method."""

    BONFERRONI = "bonferroni"
    HOLM = "holm"
    BENJAMINI_HOCHBERG = "fdr_bh"
    BENJAMINI_YEKUTIELI = "fdr_by"


def adjust_p_values(p_values: npt.ArrayLike, method: Adjustment = Adjustment.BENJAMINI_HOCHBERG) -> Floats:
    """Adjust p-values for how many there are.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        NaN where no test was made; such a one does not count.
    method : Adjustment

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Never below the p-value itself nor above 1; NaN where it was NaN.

    Raises
    ------
    RequestError
        Where a p-value is not between 0 and 1.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.02, 0.5]).round(3).tolist()
    [0.03, 0.03, 0.5]
    """
    given = np.atleast_1d(np.asarray(p_values, dtype=float))
    made = ~np.isnan(given)
    wrong = np.flatnonzero(made & ~((given >= 0) & (given <= 1)))
    if wrong.size:
        raise RequestError(f"p-value {wrong[0]} is {given[wrong[0]]}; give a number from 0 to 1, or NaN for no test")
    adjusted = np.full(given.shape, np.nan)
    if made.any():
        adjusted[made] = multipletests(given[made], method=method.value)[1]
    return adjusted
