"""What partners say and do: their comments on figures, the delivery plan, what the board asked, and the money.

Papers go out in two stages. A preview gives partners the raw figures and a form to comment on; the board edition sets
what came back beside the figures, dated and owned, and says where nothing came. Nothing here is computed from crime
records, and nothing that partners wrote is mixed with what is.
"""

from shp_analysis.partners.actions import ActionStatus, BoardAction, list_asked, read_actions
from shp_analysis.partners.analysts import AnalystAssessment, read_assessments
from shp_analysis.partners.commentary import Comment, EvidenceType, read_commentary, read_returned_form
from shp_analysis.partners.delivery import (
    NO_ACTION,
    DeliveryAction,
    DeliveryChange,
    DeliveryRag,
    DeliverySummary,
    FourP,
    FourPRow,
    find_delivery_changes,
    list_four_ps,
    read_delivery_plan,
    summarise_delivery,
    tabulate_four_ps,
)
from shp_analysis.partners.forms import FORM_COLUMNS, build_comment_form, save_preview, select_raw_figures
from shp_analysis.partners.funding import (
    Funding,
    FundingTotal,
    ImpliedBase,
    check_stated_total,
    imply_base,
    read_funding,
    total_funding,
    write_pounds,
)
from shp_analysis.partners.merging import PartnerComment, check_comments, merge_comments, say_no_comment
from shp_analysis.partners.owners import Owner, find_owners
from shp_analysis.partners.reading import PartnerFiles, read_partner_files
from shp_analysis.partners.texts import clean_partner_text

__all__ = [
    "FORM_COLUMNS",
    "NO_ACTION",
    "ActionStatus",
    "AnalystAssessment",
    "BoardAction",
    "Comment",
    "DeliveryAction",
    "DeliveryChange",
    "DeliveryRag",
    "DeliverySummary",
    "EvidenceType",
    "FourP",
    "FourPRow",
    "Funding",
    "FundingTotal",
    "ImpliedBase",
    "Owner",
    "PartnerComment",
    "PartnerFiles",
    "build_comment_form",
    "check_comments",
    "check_stated_total",
    "clean_partner_text",
    "find_delivery_changes",
    "find_owners",
    "imply_base",
    "list_asked",
    "list_four_ps",
    "merge_comments",
    "read_actions",
    "read_assessments",
    "read_commentary",
    "read_delivery_plan",
    "read_funding",
    "read_partner_files",
    "read_returned_form",
    "save_preview",
    "say_no_comment",
    "select_raw_figures",
    "summarise_delivery",
    "tabulate_four_ps",
    "total_funding",
    "write_pounds",
]
