from paper_of import found, paper, verdicts


def test_a_number_said_twice():
    same = paper(one=[{"endpoint": "OS", "rate": {12: 67.1}}], two=[{"endpoint": "OS", "rate": {12: 67.14}}])
    assert verdicts(same, "restatements") == ["sound"]
    other = found(
        paper(one=[{"endpoint": "OS", "rate": {12: 67.1}}], two=[{"endpoint": "OS", "rate": {12: 61.7}}]),
        "restatements",
    )
    assert other["severity"].tolist() == ["inconsistent"]
    assert "67.1 (one) and 61.7 (two)" in other["says"].iloc[0]


def test_the_one_that_differs_from_most_is_the_wrong_one():
    places = {name: [{"of": "patients", "count": 142}] for name in ("one", "two")}
    wrong = found(paper(**places, three=[{"of": "patients", "count": 124}]), "restatements").iloc[0]
    assert wrong["claims"] == "three.0.patients.count"
    assert wrong["repair"] == "two digits swapped: 142"


def test_rates_without_a_time_are_no_restatement():
    assert found(paper({"endpoint": "OS", "rate": 60}, {"endpoint": "OS", "rate": 40}), "restatements").empty


def test_one_endpoint_in_patients_and_in_lesions():
    claims = paper(
        {"endpoint": "PFS", "of": "patients", "count": 142}, {"endpoint": "PFS", "of": "lesions", "count": 189}
    )
    assert verdicts(claims, "units") == ["inconsistent"]


def test_scales_under_two_names():
    def scales(*names):
        return paper(**{name: [{"setting": "scale", "text": name}] for name in names})

    assert verdicts(scales("RTOG", "CTCAE 4.0"), "names_of_scales") == ["inconsistent"]
    assert verdicts(scales("RECIST", "RECIST 1.1"), "names_of_scales") == ["sound"]


def test_patients_grouped_by_what_lesions_have():
    claims = paper({"endpoint": "OS", "of": {"control": "yes"}, "in": "patients", "rate": {12: 70}})
    assert verdicts(claims, "classified_elsewhere") == ["ambiguous"]
    counted = paper(
        {"endpoint": "OS", "of": {"control": "yes"}, "in": "patients", "rate": {12: 70}},
        {"of": {"control": "yes"}, "in": "patients", "count": 80},
    )
    assert found(counted, "classified_elsewhere").empty


def test_two_names_of_one_endpoint_and_a_number_that_is_missing():
    claims = paper(
        {"endpoint": "LC", "rate": {12: 70}}, {"endpoint": "LRFS", "rate": {24: 60}}, {"variable": "age", "median": "?"}
    )
    assert verdicts(claims, "names_of_endpoints") == ["ambiguous"]
    assert verdicts(claims, "announced") == ["ambiguous"]
