import json
import re
from pathlib import Path

import pytest
from pydantic import AliasChoices, ValidationError

from parkplace.core.links import link
from parkplace.core.settings import Settings, get_settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
# What the command line reads by itself.
LISTENING = {"HOST", "PORT"}
SAFE = {
    "PARKPLACE_ENV": "production",
    "PARKPLACE_SECRET_KEY": "k" * 32,
    "PARKPLACE_PUBLIC_URL": "https://parking.example.com",
    "DATABASE_URL": "postgresql://db/parkplace",
    "STRIPE_API_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "SMTP_URL": "smtps://mail.example.com",
}
OURS = {
    *SAFE,
    "STRIPE_BASE_URL",
    "REDIS_URL",
    "PARKPLACE_RATE_LIMITS",
    "PARKPLACE_DATA_DIR",
    "PARKPLACE_OIDC",
    "PARKPLACE_ADMIN_SECOND_FACTOR",
    "PARKPLACE_CORS_ORIGINS",
    "PARKPLACE_TRUSTED_PROXIES",
}
CORNER = {
    "issuer": "https://corner.example",
    "client_id": "park-place",
    "client_secret": "hidden",
    "label": "Corner",
}


@pytest.fixture(autouse=True)
def _an_empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    get_settings.cache_clear()


def settings(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings()  # pyright: ignore[reportCallIssue] - every value comes from the environment


def test_nothing_has_to_be_set_for_development(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings(monkeypatch, {})
    assert chosen.env == "development"
    assert chosen.rate_limits == "on"
    assert chosen.smtp_url is None
    assert not chosen.secure_cookies


def test_an_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("PARKPLACE_PUBLIC_URL=http://file:1\nREDIS_URL=redis://file\nSMTP_URL=\nX=1\n")
    monkeypatch.setenv("PARKPLACE_PUBLIC_URL", "http://shell:2")
    chosen = Settings(_env_file=file)  # pyright: ignore[reportCallIssue]
    assert (chosen.redis_url, chosen.public_url) == ("redis://file", "http://shell:2")
    assert chosen.smtp_url is None


def test_a_safe_production_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings(monkeypatch, SAFE)
    assert chosen.env == "production"
    assert chosen.secure_cookies
    assert not chosen.sandbox


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("PARKPLACE_SECRET_KEY", "", "32 characters"),
        ("PARKPLACE_SECRET_KEY", "short", "32 characters"),
        ("PARKPLACE_PUBLIC_URL", "http://parking.example.com", "https://"),
        ("STRIPE_API_KEY", "", "STRIPE_API_KEY"),
        ("STRIPE_BASE_URL", "http://127.0.0.1:1", "sandbox"),
        ("STRIPE_WEBHOOK_SECRET", "", "STRIPE_WEBHOOK_SECRET"),
        ("SMTP_URL", "", "no e-mail can leave"),
        ("PARKPLACE_RATE_LIMITS", "off", "RATE_LIMITS is off"),
        ("PARKPLACE_ADMIN_SECOND_FACTOR", "optional", "with a password alone"),
        (
            "PARKPLACE_OIDC",
            json.dumps({"corner": CORNER | {"issuer": "http://corner.example"}}),
            "an issuer without https",
        ),
        ("PARKPLACE_CORS_ORIGINS", "https://app.example,*", "every site"),
        ("PARKPLACE_TRUSTED_PROXIES", "0.0.0.0/0", "believes everybody"),
    ],
)
def test_an_unsafe_production_refuses_to_start_and_says_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        settings(monkeypatch, SAFE | {name: value})


def test_every_reason_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, {"PARKPLACE_ENV": "production"})
    assert str(refused.value).count(";") >= 5


def test_a_refusal_does_not_tell_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "PARKPLACE_SECRET_KEY": "s3cret-" * 6,
        "STRIPE_API_KEY": "sk_live_s3cret",
        "STRIPE_WEBHOOK_SECRET": "whsec_s3cret",
        "SMTP_URL": "smtps://park:s3cret@mail.example.com",
    }
    assert "s3cret" not in repr(settings(monkeypatch, SAFE | secrets))
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, {"PARKPLACE_RATE_LIMITS": "off"})
    assert "s3cret" not in str(refused.value)
    assert "input_value" not in str(refused.value)


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "PARKPLACE_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,::1,",
        "PARKPLACE_CORS_ORIGINS": "https://app.example, http://localhost:5173",
    }
    chosen = settings(monkeypatch, given)
    proxies = [str(network) for network in chosen.trusted_proxies]
    assert proxies == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    assert chosen.cors_origins == ("https://app.example", "http://localhost:5173")
    nothing = settings(monkeypatch, dict.fromkeys(given, ""))
    assert nothing.trusted_proxies == nothing.cors_origins == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARKPLACE_TRUSTED_PROXIES", "nginx"),
        ("PARKPLACE_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PARKPLACE_TRUSTED_PROXIES", "*"),
        ("PARKPLACE_CORS_ORIGINS", "app.example"),
        ("PARKPLACE_CORS_ORIGINS", "https://app.example/"),
        ("PARKPLACE_CORS_ORIGINS", "https://app.example/path"),
    ],
)
def test_what_cannot_be_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(monkeypatch, {name: value})


def test_settings_are_read_once_and_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_settings() is get_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings(monkeypatch, {}).env = "production"


def test_links_leave_the_site_with_its_public_address() -> None:
    root = get_settings().public_url.rstrip("/")
    assert link("/g/abc") == f"{root}/g/abc"


@pytest.mark.parametrize(
    ("env", "chosen", "needed"),
    [
        ("development", "", False),
        ("test", "", False),
        ("test", "required", True),
        ("production", "", True),
        ("production", "required", True),
    ],
)
def test_admins_need_a_second_factor_in_production_and_wherever_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, env: str, chosen: str, *, needed: bool
) -> None:
    values = SAFE | {"PARKPLACE_ENV": env, "PARKPLACE_ADMIN_SECOND_FACTOR": chosen}
    assert settings(monkeypatch, values).admins_need_second_factor is needed


def test_providers_are_read_in_order_and_their_secrets_kept_out_of_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = json.dumps({"google": CORNER | {"label": "Google"}, "corner": CORNER})
    chosen = settings(monkeypatch, {"PARKPLACE_OIDC": said})
    assert list(chosen.openid) == ["google", "corner"]
    assert chosen.openid["corner"].client_secret.get_secret_value() == "hidden"
    assert "hidden" not in repr(chosen)
    assert settings(monkeypatch, {"PARKPLACE_OIDC": ""}).openid == {}


@pytest.mark.parametrize(
    "providers",
    [
        {"Corner": CORNER},
        {"../x": CORNER},
        {"corner": CORNER | {"issuer": "corner.example"}},
        {"corner": CORNER | {"issuer": "https://corner.example/?x=1"}},
        {"corner": CORNER | {"client_id": ""}},
        {"corner": CORNER | {"label": ""}},
        {"corner": CORNER | {"lable": "Corner"}},
        {"corner": {}},
        [],
    ],
    ids=str,
)
def test_a_provider_that_is_half_configured_stops_the_start_without_naming_its_secret(
    monkeypatch: pytest.MonkeyPatch, providers: object
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, {"PARKPLACE_OIDC": json.dumps(providers)})
    assert "hidden" not in str(refused.value)
    with pytest.raises(ValidationError, match="not valid JSON") as refused:
        settings(monkeypatch, {"PARKPLACE_OIDC": '{"corner": {"client_secret": "hidden"'})
    assert "hidden" not in str(refused.value)


def test_the_example_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    aliases = [field.validation_alias for field in Settings.model_fields.values()]
    settable = {
        str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)
        for alias in aliases
    }
    assert sorted(named) == sorted(settable | LISTENING)


def test_the_example_as_it_stands_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for alias in re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE):
        monkeypatch.delenv(alias, raising=False)
    copied = Settings(_env_file=EXAMPLE)  # pyright: ignore[reportCallIssue]
    assert copied == Settings(_env_file=None)  # pyright: ignore[reportCallIssue]


def test_the_example_marks_what_production_needs() -> None:
    marked = re.findall(r"^# \* .*\n(?:#.*\n)*([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert set(marked) == set(SAFE) - {"PARKPLACE_ENV"}
