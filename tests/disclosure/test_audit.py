"""Everything that can be had by subtraction is found, and nothing else is."""

from __future__ import annotations

from shp_analysis.disclosure.audit import find_disclosures
from shp_analysis.disclosure.facts import Cell, Fact, Facts

TOTAL = Cell("partner_returns_quarter", "E06000006", "value", "marac_cases", "total", "all")
MALE, FEMALE, OTHER = (TOTAL._replace(breakdown="sex", category=each) for each in ("male", "female", "other"))
RACE = TOTAL._replace(measure="hate_crimes", breakdown="strand", category="race")
HATE = TOTAL._replace(measure="hate_crimes")
COHORT = Cell("moj_reoffending", "E06000006", "offenders", "moj_reoffending", "row", "children|all")
SUMMER, AUTUMN = frozenset({"2024-07", "2024-08", "2024-09"}), frozenset({"2024-10", "2024-11", "2024-12"})


def make_facts(*told: tuple[str, set[Cell], frozenset[str], float], **more: object) -> Facts:
    facts = [Fact(holder, frozenset(what), when, value) for holder, what, when, value in told]
    cells = {cell for each in facts for cell in each.what}
    return Facts(facts, **{"sensitive": cells, **more})  # type: ignore[arg-type]


def find(facts: Facts) -> set[frozenset[str]]:
    return {each.holders for each in find_disclosures(facts)}


def test_a_count_of_few_is_found_and_none_or_five_are_not() -> None:
    assert find(make_facts(("a", {TOTAL}, SUMMER, 4))) == {frozenset("a")}
    assert find(make_facts(("a", {TOTAL}, SUMMER, 0), ("a", {TOTAL}, AUTUMN, 5))) == set()


def test_what_is_left_of_a_share_is_found() -> None:
    share = (("a", {MALE}, SUMMER, 43), ("a", {MALE, FEMALE}, SUMMER, 45))
    assert find(make_facts(*share)) == {frozenset("a")}
    base = MALE._replace(column="base")
    told = (("a", {MALE}, SUMMER, 43), ("a", {base}, SUMMER, 45))
    assert find(make_facts(*told)) == set()
    assert find(make_facts(*told, pairs={(frozenset({MALE}), frozenset({base}))})) == {frozenset("a")}
    assert find(make_facts(("a", {MALE}, SUMMER, 40), ("a", {MALE, FEMALE}, SUMMER, 45))) == set()


def test_a_total_less_its_parts_is_found_by_whoever_they_are_told() -> None:
    two = (("a", {TOTAL}, SUMMER, 45), ("b", {MALE}, SUMMER, 20))
    assert find(make_facts(*two)) == set()
    assert find(make_facts(*two, ("c", {FEMALE}, SUMMER, 22))) == {frozenset("abc")}
    assert find(make_facts(*two, ("c", {FEMALE}, AUTUMN, 22))) == set()


def test_a_strand_within_all_strands_is_found_and_strands_that_overlap_do_not_add_up() -> None:
    assert find(make_facts(("a", {HATE}, SUMMER, 20), ("b", {RACE}, SUMMER, 18))) == {frozenset("ab")}
    faith = RACE._replace(category="religion")
    told = (("a", {HATE}, SUMMER, 40), ("b", {RACE}, SUMMER, 25), ("c", {faith}, SUMMER, 12))
    assert find(make_facts(*told)) == set(), "three are left only where no crime has two strands"


def test_a_subset_of_a_measure_is_found_as_the_table_of_measures_says() -> None:
    repeat = TOTAL._replace(measure="marac_repeat_cases")
    assert find(make_facts(("a", {TOTAL}, SUMMER, 20), ("b", {repeat}, SUMMER, 18))) == {frozenset("ab")}
    assert find(make_facts(("a", {TOTAL}, SUMMER, 20), ("b", {repeat}, SUMMER, 15))) == set()


def test_months_and_quarters_are_taken_out_of_longer_times() -> None:
    half = SUMMER | AUTUMN
    assert find(make_facts(("a", {TOTAL}, half, 40), ("b", {TOTAL}, SUMMER, 37))) == {frozenset("ab")}
    months = [(month, {TOTAL}, frozenset({month}), 10) for month in sorted(SUMMER)[:2]]
    assert find(make_facts(("a", {TOTAL}, SUMMER, 22), *months)) == {frozenset({"a", "2024-07", "2024-08"})}
    told = (("a", {TOTAL}, half, 45), ("b", {MALE}, SUMMER, 20), ("c", {MALE}, AUTUMN, 23))
    assert find(make_facts(*told)) == {frozenset("abc")}, "the parts of two quarters from the total of both"


def test_windows_that_overlap_narrow_what_lies_between_them() -> None:
    windows = [frozenset({f"2024-0{month}", f"2024-0{month + 1}"}) for month in range(1, 6)]
    # The third month is at least 9 - 6 by the windows before it, and at most 6 - (9 - 6) by those after it.
    pinned = zip(windows, (6, 9, 6, 9, 6), strict=True)
    assert find(make_facts(*(("a", {COHORT}, when, value) for when, value in pinned))) == {frozenset("a")}
    free = zip(windows, (30, 28, 31, 29, 30), strict=True)
    assert find(make_facts(*(("a", {COHORT}, when, value) for when, value in free))) == set()
    longer = windows[0] | windows[2] | {"2024-05"}
    told = [("a", {COHORT}, when, 10.0) for when in windows[:3]]
    assert find(make_facts(*told, ("b", {COHORT}, longer, 22))) == {frozenset("ab")}, "the month beyond two windows"


def test_a_cell_that_its_publisher_withheld_is_not_narrowed() -> None:
    hidden = {"withheld": {OTHER: {SUMMER}}}
    total, male, female = ("a", {TOTAL}, SUMMER, 45), ("b", {MALE}, SUMMER, 20), ("b", {FEMALE}, SUMMER, 23)
    assert find(make_facts(total, male, **hidden)) == set()
    assert frozenset("ab") in find(make_facts(total, male, female, **hidden))
    both = {"withheld": {OTHER: {SUMMER}, FEMALE: {SUMMER}}}
    # 2 to be shared by two cells: each is 1. 5: each may be 1 to 4. 8: each is 4.
    for left, is_found in ((2, True), (3, True), (5, False), (7, True), (8, True)):
        assert (frozenset("ab") in find(make_facts(("a", {TOTAL}, SUMMER, 20 + left), male, **both))) is is_found


def test_a_town_is_taken_out_of_its_borough() -> None:
    runcorn, widnes = (TOTAL._replace(area=each) for each in ("RUNCORN", "WIDNES"))
    towns = {"towns": {"E06000006": ("RUNCORN", "WIDNES")}}
    told = (("a", {TOTAL}, SUMMER, 45), ("b", {runcorn}, SUMMER, 42))
    assert find(make_facts(*told, **towns)) == {frozenset("ab")}
    assert find(make_facts(("a", {TOTAL}, SUMMER, 45), ("b", {runcorn}, SUMMER, 22), **towns)) == set()
    three = (("a", {TOTAL}, SUMMER, 45), ("b", {runcorn}, SUMMER, 22), ("c", {widnes}, SUMMER, 20))
    assert find(make_facts(*three, **towns)) == {frozenset("abc")}


def test_records_that_are_open_may_be_few() -> None:
    assert find(make_facts(("a", {TOTAL}, SUMMER, 2), sensitive=set())) == set()
    assert find(make_facts(("a", {TOTAL}, SUMMER, 45), ("b", {MALE}, SUMMER, 43), sensitive=set())) == set()
