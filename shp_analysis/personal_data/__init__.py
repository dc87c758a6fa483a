"""Finding a person's particulars in free text, and masking them: names, numbers, addresses, dates of birth.

A text is folded first (`folding`), so that no spelling hides a number or a name. `find_personal_data` says where
particulars are and of which kind, `describe_personal_data` names the first kind, and `mask_personal_data` puts the kind
in the place of the particular. Nothing here knows a file or raises an error.

It is a net and not a proof: a rare name alone in a sentence is not found.
"""

from shp_analysis.personal_data.finding import (
    Finding,
    describe_file_name,
    describe_personal_data,
    find_personal_data,
    mask_file_name,
    mask_personal_data,
    mask_quoted_values,
)

__all__ = [
    "Finding",
    "describe_file_name",
    "describe_personal_data",
    "find_personal_data",
    "mask_file_name",
    "mask_personal_data",
    "mask_quoted_values",
]
