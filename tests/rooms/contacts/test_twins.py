"""Numbers that are written in two forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.vocab.twins import forms, twin

PAIRS = [
    ("+5511987654321", "+551187654321"),
    ("+5215512345678", "+525512345678"),
    ("+5491112345678", "+541112345678"),
    ("+2290197123456", "+22997123456"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_each_form_leads_to_the_other(one: str, other: str) -> None:
    assert (twin(one), twin(other)) == (other, one)
    assert set(forms(one)) == {one, other} == set(forms(other))


@pytest.mark.parametrize("phone", ["+4915112345678", "+551133334444", "+12025550123", "+52155123456789", "+5511"])
def test_other_numbers_have_one_form(phone: str) -> None:
    assert twin(phone) is None
    assert forms(phone) == (phone,)


@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"))
def test_a_twins_twin_is_the_number_itself(phone: str) -> None:
    other = twin(phone)
    assert other is None or twin(other) == phone
