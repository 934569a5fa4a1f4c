import logging

import pytest

from parkplace.core.errors import Conflict, Invalid
from parkplace.web.errors import FORM, by_field, event_name, handle_exception, unexpected, words


def test_the_domain_s_sentence_reaches_the_person_as_it_is() -> None:
    refusal = Conflict("Somebody took this bay a moment ago. Choose another one.")
    assert words(refusal) == "Somebody took this bay a moment ago. Choose another one."
    (message,) = handle_exception(refusal)
    assert "Somebody took this bay" in str(message)
    assert "wrong" in str(message)


def test_a_refusal_stands_beside_its_field_or_under_the_form() -> None:
    assert by_field(Invalid("Too short.", field="plate")) == {"plate": "Too short."}
    assert by_field(Invalid("Not now.")) == {FORM: "Not now."}


def test_what_broke_is_logged_under_the_number_the_person_sees(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        sentence = unexpected(ValueError("the secret detail"))
    number = sentence.split()[-1].rstrip(".")
    assert number in caplog.text
    assert "the secret detail" in caplog.text
    assert "secret" not in sentence


def test_a_message_cannot_leave_the_script_it_travels_in() -> None:
    (message,) = handle_exception(Conflict('"}); alert(1); //</script>'))
    assert '\\\\"}); alert(1)' in str(message)


def test_outside_of_an_event_there_is_no_name_for_one() -> None:
    assert event_name() is None
