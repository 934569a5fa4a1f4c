import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.money import MixedCurrencies, Money
from parkplace.notifications.messages import Cost, CostLine


@given(st.lists(st.integers(-(10**6), 10**6)), st.integers(-5, 5))
def test_a_cost_whose_lines_do_not_add_up_cannot_be_made(minors: list[int], off: int) -> None:
    lines = tuple(CostLine("a line", Money(minor, "USD")) for minor in minors)
    total = Money(sum(minors) + off, "USD")
    if off == 0:
        assert Cost(lines, total).total == total
    else:
        with pytest.raises(ValueError, match="add up"):
            Cost(lines, total)


def test_a_cost_has_one_currency() -> None:
    lines = (CostLine("a", Money(1, "USD")), CostLine("b", Money(1, "EUR")))
    with pytest.raises(MixedCurrencies):
        Cost(lines, Money(2, "USD"))
