"""Areas: found by any of their words, and made of the right neighbourhoods, force and residents."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest
from builders import HALTON

from shp_analysis.errors import RequestError
from shp_analysis.reference.areas import (
    AreaKind,
    Population,
    list_authorities,
    read_area,
    read_forces,
    read_lsoa_authorities,
)

CHESHIRE = "E23000006"
SPLIT_2011, PARTS_2021 = "E01012428", {"E01035382", "E01035383"}


@pytest.mark.parametrize("word", [HALTON, "e06000006", "Halton", "HALTON", "  halton ", "E22000023", "e22000023"])
def test_halton_is_found_by_its_code_its_name_and_its_partnerships_code(word):
    halton = read_area(word)
    assert (halton.code, halton.name, halton.kind) == (HALTON, "Halton", AreaKind.LOCAL_AUTHORITY)
    assert halton.authority_codes == (HALTON,)
    assert halton.authority_names == {"Halton"}
    assert halton.lsoa_codes == frozenset(), "all LSOAs named after it"
    assert (halton.force.police_uk_slug, halton.force.area_code) == ("cheshire", CHESHIRE)
    assert halton == read_area(HALTON)
    assert hash(halton) == hash(read_area(HALTON))


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Cumberland", {"Cumberland", "Allerdale", "Carlisle", "Copeland"}),
        ("Folkestone and Hythe", {"Folkestone and Hythe", "Shepway"}),
        ("Bristol", {"Bristol", "Bristol, City of"}),
        ("Kingston upon Hull, City of", {"Kingston upon Hull", "Kingston upon Hull, City of"}),
        ("Herefordshire", {"Herefordshire", "Herefordshire, County of"}),
        (
            "Bournemouth, Christchurch and Poole",
            {"Bournemouth, Christchurch and Poole", "Bournemouth", "Christchurch", "Poole"},
        ),
    ],
)
def test_an_authority_is_known_by_every_name_its_lsoas_carry(name, called):
    assert read_area(name).authority_names == called


def test_no_lsoa_name_belongs_to_two_authorities():
    names = Counter(
        name
        for force in read_forces().values()
        for code in list_authorities(force.area_code)
        for name in read_area(code).authority_names
    )
    assert [name for name, times in names.items() if times > 1] == []


# --- towns and wards --------------------------------------------------------------------------------------------------


def test_runcorn_and_widnes_part_halton_between_them():
    runcorn, widnes = read_area("Runcorn"), read_area("widnes")
    assert runcorn.kind is widnes.kind is AreaKind.TOWN
    assert not runcorn.lsoa_codes & widnes.lsoa_codes
    both = runcorn.lsoa_codes | widnes.lsoa_codes
    of_2021 = {code for code in read_lsoa_authorities() if read_lsoa_authorities()[code] == {"Halton"}} - {SPLIT_2011}
    assert len(of_2021) == 80
    assert both == of_2021 | {SPLIT_2011}


def test_a_split_lsoa_of_2011_lies_where_its_parts_lie():
    runcorn = read_area("Runcorn").lsoa_codes
    assert {SPLIT_2011} | PARTS_2021 <= runcorn
    for ward in ("Bankfield", "Grange", "Halton Castle", "Halton Lea"):
        codes = read_area(ward).lsoa_codes
        assert (SPLIT_2011 in codes) == (codes >= PARTS_2021)


def test_an_lsoa_of_2011_that_was_split_between_wards_belongs_to_neither():
    bunbury, leighton = read_area("E05008616"), read_area("Leighton")
    assert {"E01034674", "E01034675"} <= bunbury.lsoa_codes | leighton.lsoa_codes
    assert "E01018480" not in bunbury.lsoa_codes | leighton.lsoa_codes


def test_towns_hold_the_lsoas_that_the_published_map_gives_halton(shared_data):
    with (shared_data / "geography" / "lookup_lsoa21_ward24_ltla24.csv").open(encoding="utf-8-sig") as lines:
        published = {row["lsoa21_code"] for row in csv.DictReader(lines) if row["ltla24_code"] == HALTON}
    with (shared_data / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv").open(encoding="utf-8-sig") as lines:
        published |= {row["lsoa11_code"] for row in csv.DictReader(lines) if row["ltla22_code"] == HALTON}
    assert len(published) == 80 + 1
    assert read_area("Runcorn").lsoa_codes | read_area("Widnes").lsoa_codes == published


@pytest.mark.parametrize("word", ["Runcorn", "E05013170", "bankfield"])
def test_a_town_or_ward_counts_for_haltons_force(word):
    area = read_area(word)
    assert area.force == read_area(HALTON).force
    assert area.authority_codes == (HALTON,)
    assert area.population_on(date(2020, 6, 30)) is None, "no residents are known below the authority"


def test_haltons_eighteen_wards_part_it_between_them():
    wards = [read_area(f"E0501{number}") for number in range(3169, 3187)]
    assert {ward.kind for ward in wards} == {AreaKind.WARD}
    counts = Counter(code for ward in wards for code in ward.lsoa_codes)
    assert set(counts.values()) == {1}
    assert len(set(counts) - {SPLIT_2011}) == 80


def test_a_ward_of_two_authorities_is_asked_for_by_code():
    with pytest.raises(RequestError, match="more than one area: give one of the codes E05011024, E05013169"):
        read_area("Appleton")
    assert read_area("E05013169").authority_codes == (HALTON,)
    assert read_area("E05011024").authority_names == {"Warrington"}


@pytest.mark.parametrize(
    ("word", "suggestions"),
    [
        ("Haltn", ["Halton"]),
        ("Runcon", ["Runcorn"]),
        ("E06000060x", ["E06000060"]),
        ("Chesire", ["Cheshire"]),
        ("Norton Sth & Preston Brook", ["Norton South & Preston Brook"]),
        ("Cheshire West & Chester", ["Cheshire West and Chester"]),
        ("north worcester", ["North Worcestershire"]),
    ],
)
def test_an_unknown_area_is_refused_with_what_is_near(word, suggestions):
    with pytest.raises(RequestError, match=f"There is no area '{word}'") as refusal:
        read_area(word)
    offered = str(refusal.value).split("Did you mean ")[1]
    for suggestion in suggestions:
        assert suggestion in offered


@pytest.mark.parametrize("word", ["", "   ", "Atlantis on the Moon", "E01012367"])
def test_what_is_no_area_is_refused(word):
    with pytest.raises(RequestError, match=r"\(such as E06000006\), of a police force area \(such as E23000006\)"):
        read_area(word)


# --- residents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "population"),
    [
        (date(2020, 6, 30), Population(129759, 2020)),
        (date(2020, 6, 29), Population(129410, 2019)),
        (date(2016, 3, 31), Population(126719, 2015)),
        (date(2025, 3, 31), Population(129759, 2020)),
        (date(2001, 1, 1), Population(125722, 2011)),
    ],
)
def test_residents_are_those_of_the_last_mid_year_that_is_known(day, population):
    assert read_area(HALTON).population_on(day) == population


def test_residents_of_halton_are_those_published(shared_data):
    path = shared_data / "geography" / "population_1997_2020_local_authority_single_year_of_age.csv"
    with path.open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines) if row["code"] == HALTON]
    known_years = range(2011, 2021)
    published = {
        int(row["year"]): sum(int(row[age]) for age in row if age.startswith("Age"))
        for row in rows
        if int(row["year"]) in known_years
    }
    assert read_area(HALTON).populations == published


def test_an_authority_without_known_residents_has_none():
    assert read_area("Torridge").population_on(date(2020, 6, 30)) is None


# --- forces and partnerships ------------------------------------------------------------------------------------------


def test_a_force_area_is_its_authorities_together():
    cheshire = read_area("Cheshire")
    members = [read_area(code) for code in list_authorities(CHESHIRE)]
    assert (cheshire.code, cheshire.kind) == (CHESHIRE, AreaKind.POLICE_FORCE_AREA)
    assert [member.name for member in members] == ["Halton", "Warrington", "Cheshire East", "Cheshire West and Chester"]
    assert cheshire.authority_codes == tuple(member.code for member in members)
    assert cheshire.authority_names == {name for member in members for name in member.authority_names}
    assert cheshire.population_on(date(2020, 6, 30)) == Population(
        sum(member.populations[2020] for member in members), 2020
    )


def test_a_force_area_has_residents_only_where_all_of_its_authorities_have():
    assert read_area("Kent").populations == {}
    durham = read_area("Durham")
    assert durham.kind is AreaKind.POLICE_FORCE_AREA
    assert read_area("County Durham").population_on(date(2020, 6, 30)) is not None
    assert durham.populations == {}, "Darlington's residents are not known"


def test_every_authority_has_one_force_and_every_force_an_authority():
    forces = read_forces()
    assert len(forces) == 43
    assert len({force.police_uk_name for force in forces.values()}) == 43
    codes = [code for force in forces.values() for code in list_authorities(force.area_code)]
    assert len(codes) == len(set(codes)) == 318
    for slug, force in forces.items():
        assert force.police_uk_slug == slug
        assert list_authorities(force.area_code)
        assert read_area(force.area_code).force == force
        for code in list_authorities(force.area_code):
            area = read_area(code)
            assert (area.code, area.force) == (code, force)
            assert area.name in area.authority_names


def test_a_partnership_of_several_authorities_is_all_of_them():
    area = read_area("E22000368")
    assert (area.name, area.kind) == ("North Worcestershire", AreaKind.COMMUNITY_SAFETY_PARTNERSHIP)
    assert area.authority_names == {"Bromsgrove", "Redditch", "Wyre Forest"}
    assert area.force.police_uk_slug == "west-mercia"
    assert read_area("north worcestershire") == area


def test_every_partnership_is_found_by_its_code_or_refused_where_it_is_a_part(shared_data):
    with (shared_data / "geography" / "lookup_ltla24_csp24_pfa24.csv").open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    partnerships_of = Counter(row["ltla24_code"] for row in rows)
    for partnership in {row["csp24_code"] for row in rows}:
        own = [row for row in rows if row["csp24_code"] == partnership]
        if any(partnerships_of[row["ltla24_code"]] > 1 for row in own):
            with pytest.raises(RequestError, match=r"covers a part of .* ask for the local authority"):
                read_area(partnership)
        else:
            area = read_area(partnership)
            assert set(area.authority_codes) == {row["ltla24_code"] for row in own}
            assert {area.force.area_code} == {row["pfa24_code"] for row in own}


@pytest.mark.parametrize("word", ["E22000233", "Corby"])
def test_a_partnership_that_outlived_its_authority_is_refused_by_name(word):
    with pytest.raises(
        RequestError, match=r"Corby \(E22000233\) covers a part of North Northamptonshire \(E06000061\)"
    ):
        read_area(word)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Dorset", "E06000059"), ("Essex", "E23000028"), ("Warrington", "E06000007")],
)
def test_an_authority_wins_over_a_force_or_partnership_of_its_name(name, code):
    assert read_area(name).code == code


def test_lsoas_of_both_censuses_are_known_by_their_authority():
    known = read_lsoa_authorities()
    assert known[SPLIT_2011] == known["E01035382"] == {"Halton"}
    assert known["E01018585"] == {"Cheshire East"}
    assert "E01000001" not in known, "London lies outside what is known here"
