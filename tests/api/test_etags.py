from typing import Any

import pytest
from pydantic import BaseModel
from starlette.requests import Request

from parkplace.api.etags import ChangedMeanwhile, public, require_match, tag, tag_of


class Deed(BaseModel):
    title: str
    seen: int = 0


def asking(**headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": sent}
    return Request(scope)


def test_a_tag_follows_what_is_said() -> None:
    assert tag(Deed(title="Garage")) == tag(Deed(title="Garage"))
    assert tag(Deed(title="Garage")) != tag(Deed(title="Lot"))
    assert tag(Deed(title="Garage")).startswith('"')


def test_the_clock_alone_changes_no_tag() -> None:
    tags = {tag(Deed(title="Garage", seen=n), apart_from={"seen"}) for n in range(3)}
    assert len(tags) == 1


@pytest.mark.parametrize("sent", [None, "*", '"now"', '"before", "now"', 'W/"now"'])
def test_who_read_what_is_there_may_change_it(sent: str | None) -> None:
    require_match(sent, '"now"')


@pytest.mark.parametrize("sent", ["", '"before"', "now", '"now2"'])
def test_who_read_another_version_may_not(sent: str) -> None:
    with pytest.raises(ChangedMeanwhile):
        require_match(sent, '"now"')


def test_what_is_known_is_not_sent_again() -> None:
    first = public(asking(), b"{}", seconds=60)
    assert (first.status_code, first.headers["etag"]) == (200, tag_of(b"{}"))
    assert first.headers["cache-control"] == "public, max-age=60"
    again = public(asking(if_none_match=first.headers["etag"]), b"{}", seconds=60)
    assert (again.status_code, again.body) == (304, b"")
    assert public(asking(if_none_match='"else"'), b"{}", seconds=60).status_code == 200
