"""Terms that speak of one thing from several sides: a share of it, its growth, who does it."""

from __future__ import annotations

from functools import cache

#: Each line is a family; a term may be in more than one.
_FAMILIES = (
    "rd_intensity rd_expenditure enterprise_rd_expenditure enterprise_rd_share tax_superdeduction rd_active_share",
    "basic_research_share basic_research",
    "fiscal_st_share fiscal_st",
    "rd_fte rd_fte_per_10k rd_personnel st_personnel",
    "high_tech_enterprise high_tech_industry high_tech_industry_share st_park",
    "st_sme sme specialised_sme little_giant innovative_enterprise",
    "new_rd_institution rd_institution",
    "key_laboratory engineering_centre enterprise_tech_centre innovation_platform large_facility pilot_base",
    "incubator maker_space star_village university_park",
    "technology_contract_value technology_contract technology_transfer st_achievement technology_broker pilot_base",
    "patents_per_10k high_value_patents_per_10k high_value_patents patents_in_force patents_granted patents_filed "
    "intellectual_property",
    "commissioner commissioner_coverage commissioner_workstation",
    "talent talent_total high_level_talent skilled_talent talent_contribution innovation_team overseas_talent "
    "expert_station",
    "science_literacy popular_science popular_science_funds",
    "digital_economy_share digital_economy",
    "strategic_industry_share strategic_industry high_tech_industry",
    "agri_park agri_industry agri_progress_contribution improved_seed mechanisation farm_training",
    "industry_university innovation_consortium",
    "st_cooperation pairing overseas_talent",
    "progress_contribution agri_progress_contribution",
    "tourism visitors tourism_revenue tourism_share culture_industry",
    "carbon clean_technology circular_economy waste",
    "ecology carbon energy_use waste sewage water_quality forest_cover air_quality",
    "water_resources water_total water_per_gdp irrigation_efficiency drinking_water",
    "medicine life_expectancy beds doctors nurses health_literacy",
)


@cache
def families() -> dict[str, frozenset[int]]:
    """Term id → the numbers of its families."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_FAMILIES):
        for name in line.split():
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def related(one: str, other: str) -> bool:
    """Whether two different terms are of one family.

    >>> related("rd_intensity", "rd_expenditure"), related("rd_intensity", "talent")
    (True, False)
    """
    known = families()
    return one != other and not known.get(one, frozenset()).isdisjoint(known.get(other, frozenset()))
