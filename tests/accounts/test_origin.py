import pytest

from parkplace.accounts.origin import Origin


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_a_place_is_known_by_its_range_only(address: str, network: str) -> None:
    assert Origin.of(address=address, device="").network == network


def test_a_device_is_one_line_of_bounded_length() -> None:
    device = Origin.of(address="", device="Fire\0fox\r\n" + "x" * 9999).device
    assert device.startswith("Firefoxx")
    assert len(device) == 200
