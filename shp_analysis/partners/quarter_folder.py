"""One quarter's folder, as partners and the board left it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from shp_analysis.config.catalogue import Catalogue
from shp_analysis.config.priorities import Priority
from shp_analysis.partners.analyst_assessments import ASSESSMENTS_NAME, AnalystAssessment, read_assessments
from shp_analysis.partners.comments import (
    COMMENTARY_NAME,
    RETURNED_FOLDER,
    Comment,
    read_commentary,
    read_returned_form,
)
from shp_analysis.partners.delivery import (
    ACTIONS_NAME,
    DELIVERY_PLAN_NAME,
    FUNDING_NAME,
    BoardAction,
    DeliveryAction,
    Funding,
    read_actions,
    read_delivery_plan,
    read_funding,
)
from shp_analysis.partners.returned_files import PartnerRecord

Record = TypeVar("Record", bound=PartnerRecord)
FORM_ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True)
class PartnerFiles:
    """What partners and the board sent for one quarter; each is empty where nothing came.

    Attributes
    ----------
    commentary : tuple of Comment
    delivery_plan : tuple of DeliveryAction
    actions : tuple of BoardAction
    funding : tuple of Funding
    assessments : tuple of AnalystAssessment
    """

    commentary: tuple[Comment, ...] = ()
    delivery_plan: tuple[DeliveryAction, ...] = ()
    actions: tuple[BoardAction, ...] = ()
    funding: tuple[Funding, ...] = ()
    assessments: tuple[AnalystAssessment, ...] = ()


def read_partner_files(
    folder: Path, catalogue: Catalogue, priorities: Sequence[Priority], *, is_simulated: bool
) -> PartnerFiles:
    """Read what partners sent for a quarter.

    Parameters
    ----------
    folder : Path
        The quarter's, such as `parameters/2024-25-Q4`. Any of `commentary.csv`, `delivery_plan.csv`, `actions.csv`,
        `funding.csv` and `assessments.csv` may be missing, and forms that came back lie in `returned/`.
    catalogue : Catalogue
    priorities : sequence of Priority
    is_simulated : bool
        Whether the run is on the simulated borough. Rows that say SIMULATED are read for it and for nothing else, and
        no other row is: a partner's word on real figures is not set beside invented ones, nor the other way round.

    Returns
    -------
    PartnerFiles

    Raises
    ------
    ParametersError
        Naming file, row and column.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    commentary = [*read_commentary(folder / COMMENTARY_NAME, catalogue)]
    for path in _list_forms(folder / RETURNED_FOLDER):
        commentary += read_returned_form(path, catalogue)
    plan = read_delivery_plan(folder / DELIVERY_PLAN_NAME, catalogue, priorities)
    return PartnerFiles(
        _of_world(commentary, is_simulated=is_simulated),
        _of_world(plan, is_simulated=is_simulated),
        _of_world(read_actions(folder / ACTIONS_NAME), is_simulated=is_simulated),
        _of_world(read_funding(folder / FUNDING_NAME), is_simulated=is_simulated),
        _of_world(read_assessments(folder / ASSESSMENTS_NAME), is_simulated=is_simulated),
    )


def _list_forms(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in FORM_ENDINGS)


def _of_world(records: Iterable[Record], *, is_simulated: bool) -> tuple[Record, ...]:
    return tuple(each for each in records if each.is_simulated == is_simulated)
