"""Tables against estimates written by hand: what is chosen, in which order, and how it is printed."""

import re

import numpy as np
import pandas as pd
import pytest
from invented_estimates import changed, invent

from oligomet.book import Book
from oligomet.displays.contrast_tables import response_models
from oligomet.displays.declared_tables import build_table
from oligomet.displays.factors_table import survival_rates
from oligomet.displays.shown_table import Column, ShownTable, embedded_html, render_html
from oligomet.displays.study_words import variable_label
from oligomet.displays.supplementary_tables import quarantine, raw_rows, response_rates
from oligomet.displays.toxicity_table import toxicity
from oligomet.estimates.estimate_rows import tabulate
from oligomet.schemas import TABLES, conform

NO_SERIES = pd.DataFrame()  # none of these tables is of the literature


def cell(frame, column, **where):
    chosen = np.logical_and.reduce([frame[name] == value for name, value in where.items()])
    assert chosen.sum() == 1, where
    return frame.loc[chosen, column].iloc[0]


def rows_of(table):
    """The rows of a table as a notebook and the paper have it: the first cell, and those after it."""
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in embedded_html(table).split("<tr>")]
    return {row[0]: row[1:] for row in rows if row}


def without_groups(study):
    alone = study.tables["table1"].model_copy(update={"by": None, "variables": []})
    return study.model_copy(update={"tables": {**study.tables, "table1": alone}})


def test_characteristics_stand_in_their_declared_order_with_sub_levels_indented(study, book):
    share = {"events": 101, "n": 142, "estimate": 101 / 142}
    where = {
        "analysis": "description",
        "unit": "patient",
        "population": "all",
        "factor": "histology",
        "group": "Serous",
    }
    table = build_table("table1", changed(book, where, **share), without_groups(study), NO_SERIES)
    assert list(table.frame) == ["characteristic", "level", "n", "percent"]
    histology = table.frame[table.frame["characteristic"] == "Histology"]
    assert histology["level"].tolist() == list(study.factors["histology"].groups)
    assert cell(table.frame, "n", level="Serous") == 101
    assert cell(table.frame, "percent", level="Serous") == "71.1"
    assert rows_of(table)["\u2003\u2003Serous"] == ["101", "71.1"]
    assert "\u2003Epithelial carcinoma" in rows_of(table)
    assert table.title.endswith("(n = 142)")


def test_groups_stand_beside_everyone_with_p_once_a_factor(study, book):
    where = {"analysis": "comparison", "by": "lesion_count"}
    serous = {**where, "factor": "histology", "group": "Serous", "by_group": "Single"}
    book = changed(book, serous, events=47, n=67, estimate=47 / 67)
    exact = {"method": "Fisher's exact test", "p_value": 0.78}
    book = changed(book, {**where, "factor": "histology", "statistic": "chi_square"}, **exact)
    same = {"estimate": None, "p_value": None, "reason": "defines the groups"}
    book = changed(book, {**where, "factor": "lesion_groups", "statistic": "chi_square"}, **same)
    means = {**where, "factor": "age_years", "statistic": "u"}
    table = build_table("table1", changed(book, means, statistic="t", method="Student's t test"), study, NO_SERIES)
    frame, columns = table.frame, ["characteristic", "level", "all", "Single", "≥ 2", "p_value", "test"]
    assert list(frame) == columns
    headings = [heading.replace("\N{NO-BREAK SPACE}", " ") for heading in table.headings.values()]
    assert headings == ["Characteristic", "All (n = 142)", "Single (n = 71)", "≥ 2 (n = 71)", "p"]
    assert table.title.endswith("of the patients (n = 142), by metastatic lesions")
    assert cell(frame, "Single", level="Serous") == "47 (70.1)"
    assert cell(frame, "p_value", level="Epithelial carcinoma") == "0.780"
    assert pd.isna(cell(frame, "p_value", level="Serous"))
    assert "\u2003\u2003Serous" in rows_of(table)
    age = frame[frame["characteristic"] == "Age (years)"]
    assert age["level"].tolist() == ["< 60", "≥ 60", "Mean ± SD"]
    assert age["Single"].iloc[-1] == "3.1 ± 1.2"
    last = {"characteristic": "Time since last treatment", "level": "Median (IQR), months"}
    assert (cell(frame, "≥ 2", **last), cell(frame, "p_value", **last)) == ("3.0 (2.0–4.0)", "< 0.001")
    assert cell(frame, "p_value", characteristic="Metastatic lesions", level="1") == "—"
    said = (
        "p: of counts, Pearson's chi-square test, but for Histology Fisher's exact test; of means, Student's t test; "
        "of medians, Mann–Whitney U test."
    )
    assert said in table.notes
    assert "— no test: Metastatic lesions (defines the groups)." in table.notes
    assert not any("nknown" in note for note in table.notes)


def test_unknown_values_and_groups_are_told(study, book):
    table = study.tables["table2"].model_copy(update={"by": "lesion_burden"})
    other = study.model_copy(update={"tables": {"table2": table}})
    known = {"analysis": "description", "unit": "lesion", "factor": "gtv_diameter_cm", "statistic": "median"}
    found = build_table("table2", changed(Book(invent(other)), known, n=180), other, NO_SERIES)
    nobody = {"analysis": "comparison", "by": "lesion_burden", "by_group": "4-5", "statistic": "count"}
    unknown = changed(Book(invent(other)), nobody, by_group="Unknown", n=3)
    unknown = build_table("table2", unknown, other_without(other, "4-5"), NO_SERIES)
    assert "Median (IQR), n = 180" in found.frame["level"].tolist()
    assert "Unknown" in found.frame["level"].tolist()
    assert "Unknown values are left out of the tests." in found.notes
    assert any(note.endswith("lesions are taken as independent.") for note in found.notes)
    assert any("of BED10 (Gy), of those among the 179 evaluable for response" in note for note in found.notes)
    assert "Metastatic lesions of the patient unknown, in no group: 3 lesions." in unknown.notes


def other_without(study, level):
    burden = study.factors["lesion_burden"]
    groups = {name: group for name, group in burden.groups.items() if name != level}
    factors = {**study.factors, "lesion_burden": burden.model_copy(update={"groups": groups})}
    table = study.tables["table2"].model_copy(update={"factors": ["gtv"], "evaluable_only": []})
    return study.model_copy(update={"factors": factors, "tables": {"table2": table}})


def test_lesions_have_their_unknowns_their_medians_and_the_population_of_each_factor(study, book):
    bed = {"analysis": "description", "unit": "lesion", "factor": "bed", "group": "< 60", "population": "evaluable"}
    median = {"analysis": "description", "unit": "lesion", "factor": "bed10_gy", "statistic": "median"}
    book = changed(book, bed, events=36, estimate=36 / 179)
    table = build_table("table2", changed(book, median, estimate=68.04), study, NO_SERIES)
    frame = table.frame
    assert cell(frame, "n", characteristic="GTV diameter (cm)", level="Unknown") == 10
    assert cell(frame, "percent", characteristic="BED10 (Gy)", level="< 60") == "20.1"
    assert cell(frame, "value", characteristic="BED10 (Gy)", level="Median") == "68.04"
    assert cell(frame, "value", characteristic="BED10 (Gy)", level="Range") == "1–12.3"
    assert "those of BED10 (Gy) are of the 179 evaluable for response" in table.notes[0]


def test_response_table_has_a_row_a_site_with_evaluable_lesions(study, book):
    table = build_table("table3", book, study, NO_SERIES)
    assert list(table.frame) == ["site", "CR", "PR", "SD", "PD", "total"]
    assert table.frame["site"].tolist() == [
        "Intracranial", "Neck", "Retroperitoneal lymphatic drainage area", "Vaginal stump", "Others", "Total",
    ]  # fmt: skip
    assert cell(table.frame, "PD", site="Intracranial") == 10
    assert cell(table.frame, "total", site="Total") == 130
    assert "No lesion was evaluable in: Bone (9)." in table.notes


def test_factors_have_their_rate_p_and_hazard_ratios(study, book):
    where = {"endpoint": "OS", "factor": "lesion_count"}
    book = changed(
        book,
        {**where, "analysis": "cox_multivariable", "group": "Single", "reference": "≥ 2"},
        estimate=0.5975, conf_low=0.4045, conf_high=0.8838, p_value=0.0101,
    )  # fmt: skip
    book = changed(
        book,
        {**where, "analysis": "survival", "group": "Single", "statistic": "survival", "time_months": 60},
        estimate=0.446, conf_low=0.3211, conf_high=0.5633,
    )  # fmt: skip
    book = changed(book, {**where, "analysis": "logrank"}, p_value=0.0004)
    frame = build_table("table4", book, study, NO_SERIES).frame
    single = {"characteristic": "Metastatic lesions", "level": "Single"}
    others = {"characteristic": "Metastatic lesions", "level": "≥ 2"}
    assert cell(frame, "hr_multivariable", **single) == "0.60 (0.40–0.88)"
    assert cell(frame, "p_multivariable", **single) == "0.010"
    assert cell(frame, "rate_60_months", **single) == "44.6 (32.1–56.3)"
    assert cell(frame, "p_logrank", **single) == "< 0.001"
    assert pd.isna(cell(frame, "p_logrank", **others))  # once a factor
    assert cell(frame, "hr_univariable", **others) == cell(frame, "hr_multivariable", **others) == "1 (reference)"
    assert frame.loc[frame["characteristic"] == "FIGO stage", "hr_multivariable"].isna().all()  # not in that model


def test_the_rates_by_factor_are_those_until_which_somebody_was_followed(study, book):
    nothing = {"estimate": None, "conf_low": None, "conf_high": None, "reason": "nobody was followed so long"}
    rates = {"endpoint": "OS", "analysis": "survival", "statistic": "survival"}
    followed = changed(book, {**rates, "time_months": 60}, **nothing)
    assert "rate_24_months" in build_table("table4", followed, study, NO_SERIES).frame
    nobody = changed(book, rates, **nothing)
    assert "rate_60_months" in build_table("table4", nobody, study, NO_SERIES).frame


def test_a_hazard_ratio_that_cannot_be_estimated_is_a_dash_with_its_reason(study, book):
    where = {"analysis": "cox_univariable", "endpoint": "OS", "group": "Germ cell tumour"}
    nothing = {"estimate": None, "conf_low": None, "conf_high": None, "p_value": None}
    table = build_table("table4", changed(book, where, **nothing, reason="no events at this level"), study, NO_SERIES)
    assert cell(table.frame, "hr_univariable", level="Germ cell tumour") == "—"
    assert "— not estimable: Germ cell tumour (no events at this level)." in table.notes


def test_published_series_are_grouped_and_summarised(study, book):
    literature = pd.DataFrame(
        [
            ("study", "ovarian", "A 2020", "confirmed", "SBRT", None, 261, None, 446, "lesion", 446, 291, 65.2, 81.9),
            ("study", "mixed", "B 2017", "candidate", "SBRT", "24 Gy", 45, 70, None, "patient", None, None, 50.0, None),
            ("review", "mixed", "C 2025", "not a row", "SBRT", None, 400, None, None, None, None, None, None, None),
        ],
        columns=["kind", "series", "label", "status", "technique", "dose_fractionation", "n_patients", "n_lesions",
                 "n_evaluable_lesions", "response_unit", "response_n", "cr_n", "cr_pct", "lc_2y_pct"],
    )  # fmt: skip
    literature = conform(literature, TABLES["published/literature"])
    frame = build_table("table5", book, study, literature).frame
    assert frame["study"].tolist() == ["A 2020", "Summary, random effects", "B 2017", "Summary, random effects"]
    assert frame["complete_response"].tolist() == [
        "65.2 (291/446 lesions)", "60.0 (40.0–80.0)", "50.0", "60.0 (40.0–80.0)",
    ]  # fmt: skip
    assert frame["n_lesions"].tolist()[0] == 446  # the evaluable ones, where no others are given
    assert frame["radiotherapy"].tolist()[2] == "SBRT; 24 Gy"
    assert frame["series"].nunique() == 2


@pytest.mark.parametrize("name", ["table1", "table2", "table3", "table4"])
def test_every_table_of_the_cohort_says_that_it_is_synthetic(study, book, name):
    assert build_table(name, book, study, NO_SERIES).notes[-1] == f"{study.synthetic.short}."
    real = study.model_copy(update={"synthetic": None})
    assert not any("ynthetic" in note for note in build_table(name, book, real, NO_SERIES).notes)


@pytest.mark.parametrize("name", ["table1", "table2", "table3", "table4"])
def test_pages_are_complete_in_themselves(study, book, name):
    table = build_table(name, book, study, NO_SERIES)
    page = render_html(table, name[-1])
    assert f"Table {name[-1]}. {table.title.replace('<', '&lt;')}" in page
    assert study.synthetic.short in page
    assert "http" not in page
    assert page == render_html(table, name[-1])


def test_an_embedded_table_keeps_signs_that_mean_something_to_its_reader():
    frame = pd.DataFrame({"level": ["< 3 | *a*", "p_value"], "n": [1, None]}).astype({"n": "Int64"})
    columns = {"level": Column("Level", str), "n": Column("n", int)}
    html = embedded_html(ShownTable(frame, "Signs", columns, ["$5 < 6"]))
    assert '<td style="text-align: left">&lt; 3 | *a*</td>\n<td style="text-align: right">1</td>' in html
    assert '<td style="text-align: left">p_value</td>\n<td style="text-align: right"></td>' in html  # not <NA>
    assert html.endswith("</table>\n<p>$5 &lt; 6</p>")


def test_a_heading_over_several_columns_stands_over_them(study, book):
    html = embedded_html(build_table("table4", book, study, NO_SERIES))
    assert '<th colspan="2" style="text-align: center">Univariable</th>' in html
    assert '<th rowspan="2" style="text-align: left">Characteristic</th>' in html
    head = [re.findall("<th", row) for row in html.split("</thead>")[0].split("<tr>")[1:]]
    assert [len(row) for row in head] == [7, 4]  # two spans and five columns alone; the two columns under each span


def test_supplements_read_the_estimates(study, book):
    rows = raw_rows(book, study).frame
    assert rows["source"].tolist()[0] == "Patients"
    assert rows.iloc[0, 2:].tolist() == ["500", "460", "40"]
    kinds = quarantine(book, study).frame
    assert list(kinds) == ["source", "unreadable", "duplicate"]
    assert (kinds["unreadable"] == "15").all() and len(kinds) == len(study.sources)
    rates = response_rates(book, study).frame
    assert cell(rates, "n", unit="Per lesion", assessment="First assessment, all") == "144"
    assert cell(rates, "n", unit="Per lesion", assessment="First assessment, evaluable") == "130"
    assert cell(toxicity(None, book, study).frame, "percent", toxicity="Acute") == "17.6"


def test_survival_rates_of_an_endpoint_without_groups_have_no_p(study, book):
    alone = survival_rates(book, study, "PFS")
    assert alone.frame["level"].tolist() == ["All patients"]
    assert "p_logrank" not in alone.headings
    grouped = survival_rates(book, study, "LRFS")
    assert "p_logrank" in grouped.headings
    assert grouped.frame["characteristic"].nunique() == 1 + len(study.analyses.compare["LRFS"])


def test_a_median_that_is_not_reached_says_so(study, book):
    where = {"analysis": "survival", "endpoint": "OS", "statistic": "median", "group": "Single"}
    nothing = {"estimate": None, "conf_low": 50.0, "conf_high": None}
    frame = survival_rates(changed(book, where, **nothing), study, "OS").frame
    assert cell(frame, "median", characteristic="Metastatic lesions", level="Single") == "not reached"


def test_a_variable_is_called_as_the_factor_that_cuts_it(study):
    assert variable_label(study, "bed10_gy") == "BED10 (Gy)"
    assert variable_label(study, "eqd2_gy") == "Equivalent dose in 2 Gy fractions (Gy)"


def test_the_models_of_a_response_show_what_has_no_odds_ratio_and_firths_beside_it(study):
    about = {"endpoint": "objective_response", "unit": "lesion", "population": "evaluable", "n": 179, "events": 61}
    about |= {"method": "made up", "factor": "visceral"}
    about |= {"group": "Visceral organ", "reference": "Non-visceral"}
    limits = {"estimate": 0.04, "conf_low": 0.001, "conf_high": 0.32, "p_value": 0.0003}
    none = {"statistic": "odds_ratio", "reason": "no response at this level"}
    lines = [
        {**about, "analysis": f"logistic_{how}", **found}
        for how in ("univariable", "multivariable")
        for found in (none, {"statistic": "firth_odds_ratio", **limits})
    ]
    table = response_models(Book(tabulate(lines)), study)
    [one] = table.frame.to_dict("records")
    assert one["outcome"] == "Objective response (CR + PR): 61 of 179 lesions"
    assert (one["alone"], one["together"], one["p_together"]) == (none["reason"], none["reason"], "—")
    assert one["firth"] == "0.04 (0.00–0.32)"


def test_a_subgroup_stands_beside_the_others_without_a_test(study, book):
    counts = {"analysis": "comparison", "by": "sbrt", "by_group": "SBRT", "factor": "site", "group": "Liver"}
    book = changed(book, counts, events=3, n=10, estimate=0.3)
    responses = {"analysis": "response", "endpoint": "first", "unit": "lesion", "population": "evaluable"}
    rows = [
        {**responses, "factor": "sbrt", "group": "SBRT", "statistic": kind, "events": events, "n": 10,
         "estimate": events / 10, "method": "made up"}
        for kind, events in {"CR": 0, "PR": 3, "SD": 5, "PD": 2, "ORR": 3}.items()
    ]  # fmt: skip
    book = Book([*book, *Book(conform(pd.DataFrame(rows), TABLES["estimates"]))])
    table = build_table("stereotactic", book, study, NO_SERIES)
    assert list(table.frame) == ["characteristic", "level", "all", *study.factors["sbrt"].levels]
    assert not any(heading == "p" for heading in table.headings.values())
    assert cell(table.frame, "SBRT", characteristic="Site", level="Liver") == "3 (30.0)"
    assert cell(table.frame, "SBRT", level="Stable disease") == "5 of 10"
    assert cell(table.frame, "all", level="Objective response") == "46 of 130"
    assert cell(table.frame, "SBRT", characteristic="Dose per fraction (Gy)", level="Median (range)") == "3 (1–12.3)"
    assert cell(table.frame, "SBRT", characteristic="Overall survival", level="Median, months (95% CI)")


def test_toxicity_has_its_declared_title(study, book):
    assert build_table("toxicity", book, study, NO_SERIES).title == f"Toxicity ({study.toxicity.scale})"


def test_tables_of_times_tell_of_dates_without_a_day(study, book):
    counted = {"analysis": "partial_dates", "statistic": "count"}
    first = next(iter(book))
    filled = Book([*book, type(first)({**dict.fromkeys(vars(first)), **counted, "estimate": 2.0})])
    note = "Times rest on 2 dates without a known day."
    ages = study.tables["table1"].model_copy(update={"by": None, "variables": [], "factors": ["age"]})
    sites = ages.model_copy(update={"factors": ["histology"]})
    several = study.model_copy(update={"tables": {**study.tables, "ages": ages, "sites": sites}})
    told = {name: build_table(name, filled, several, NO_SERIES).notes for name in ("table4", "ages", "sites")}
    assert [note in notes for notes in told.values()] == [True, True, False]
    assert note in survival_rates(filled, study, "OS").notes
    assert note not in build_table("table4", book, study, NO_SERIES).notes
