"""What the operator decides through the environment (or `.env`), read once."""

import json
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_SECRET = "for development only, never for real people"  # noqa: S105
DEMO_PASSWORD = "title-deed-demo"  # noqa: S105 - it stands in the README
OPENSTREETMAP_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"


Network = IPv4Network | IPv6Network


def _ours(name: str) -> AliasChoices:
    return AliasChoices(f"PARKPLACE_{name}")


ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,30}$")]


class OpenIdProvider(BaseModel):
    """Who else may say who somebody is (OpenID Connect); one entry of `PARKPLACE_OIDC`.

    Attributes:
        issuer: Its address, spelled as in its own `/.well-known/openid-configuration`.
        client_id, client_secret: What it gave us when we were registered there.
        label: What the button says after "Continue with".
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    label: str = Field(min_length=1, max_length=40)

    @field_validator("issuer")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            raise ValueError("an issuer is an address such as https://accounts.example.com")
        return value


class Settings(BaseSettings):
    """The operator's choices; every name is an environment variable of README's table.

    Raises:
        ValidationError: A value is malformed, or unsafe for `PARKPLACE_ENV=production`.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # `SMTP_URL=` in a copied .env.example means that there is none
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # the input is full of secrets
    )

    env: Literal["development", "test", "production"] = Field(
        "development", validation_alias=_ours("ENV")
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), validation_alias=_ours("SECRET_KEY")
    )
    public_url: str = Field("http://localhost:8000", validation_alias=_ours("PUBLIC_URL"))
    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("parkplace")),
        validation_alias=_ours("DATA_DIR"),
    )
    demo: bool = Field(default=True, validation_alias=_ours("DEMO"))
    jobs: bool = Field(default=True, validation_alias=_ours("JOBS"))
    rate_limits: Literal["on", "off"] = Field("on", validation_alias=_ours("RATE_LIMITS"))
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), validation_alias=_ours("TRUSTED_PROXIES")
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=_ours("CORS_ORIGINS")
    )

    admin_second_factor: Literal["required", "optional"] | None = Field(
        None, validation_alias=_ours("ADMIN_SECOND_FACTOR")
    )
    openid: Annotated[dict[ProviderName, OpenIdProvider], NoDecode] = Field(
        default_factory=dict, validation_alias=_ours("OIDC")
    )
    metrics_token: SecretStr | None = Field(None, validation_alias=_ours("METRICS_TOKEN"))

    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(None, validation_alias="REDIS_URL")
    stripe_api_key: SecretStr | None = Field(None, validation_alias="STRIPE_API_KEY")
    stripe_publishable_key: str | None = Field(None, validation_alias="STRIPE_PUBLISHABLE_KEY")
    stripe_webhook_secret: SecretStr | None = Field(None, validation_alias="STRIPE_WEBHOOK_SECRET")
    stripe_base_url: str | None = Field(None, validation_alias="STRIPE_BASE_URL")
    smtp_url: SecretStr | None = Field(None, validation_alias="SMTP_URL")
    tile_url: str = Field(OPENSTREETMAP_TILES, validation_alias="TILE_URL")
    geocoder_url: str = Field(
        "https://nominatim.openstreetmap.org", validation_alias="GEOCODER_URL"
    )

    @property
    def sandbox(self) -> bool:
        """Whether payments go to the local Stripe sandbox, where no money is real."""
        return self.stripe_base_url is not None

    @property
    def admins_need_second_factor(self) -> bool:
        """Whether an admin has no power before two-factor sign-in is on."""
        if self.admin_second_factor is not None:
            return self.admin_second_factor == "required"
        return self.env == "production"

    @property
    def files_dir(self) -> Path:
        """Where uploaded pictures lie."""
        return self.data_dir / "files"

    @property
    def private_dir(self) -> Path:
        """Where sealed files lie that no address leads to."""
        return self.data_dir / "private"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may only travel over https."""
        return self.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The name of the cookie that says who is signed in."""
        return self.cookie("parkplace")

    def cookie(self, name: str) -> str:
        """Return the full name of a cookie of ours.

        Browsers take a `__Host-` cookie only from this very host, over https and for all paths, so
        no neighbouring site can plant one.
        """
        return f"__Host-{name}" if self.secure_cookies else name

    @field_validator("openid", mode="before")
    @classmethod
    def _json(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("this is not valid JSON") from None

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        """Read addresses and networks with commas between, such as `127.0.0.1, 10.0.0.0/8`."""
        return tuple(ip_network(one) for one in _listed(value)) if isinstance(value, str) else value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        """Read origins with commas between, such as `https://app.example`, or `*`."""
        if not isinstance(value, str):
            return value
        origins = _listed(value)
        for origin in origins:
            parts = urlsplit(origin)
            if origin not in {"*", f"{parts.scheme}://{parts.netloc}"}:
                raise ValueError("an origin is https://host or https://host:port, without a path")
        return origins

    @field_validator("geocoder_url")
    @classmethod
    def _none_is_none(cls, value: str) -> str:
        """Let the operator say `none`: an empty variable counts as not set."""
        return "" if value == "none" else value

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.env != "production":
            return self
        reasons = [reason for unsafe, reason in self._unsafe() if unsafe]
        if reasons:
            raise ValueError("not safe for production: " + "; ".join(reasons))
        return self

    def _unsafe(self) -> tuple[tuple[bool, str], ...]:
        return (
            (self.database_url is None, "DATABASE_URL is not set"),
            (
                self.secret_key.get_secret_value() == DEVELOPMENT_SECRET
                or len(self.secret_key.get_secret_value()) < 32,  # noqa: PLR2004
                "PARKPLACE_SECRET_KEY is not set to 32 characters or more",
            ),
            (not self.secure_cookies, "PARKPLACE_PUBLIC_URL does not begin with https://"),
            (self.stripe_api_key is None, "STRIPE_API_KEY is not set"),
            (self.sandbox, "STRIPE_BASE_URL points payments at a sandbox"),
            (self.stripe_webhook_secret is None, "STRIPE_WEBHOOK_SECRET is not set"),
            (self.smtp_url is None, "SMTP_URL is not set, so no e-mail can leave"),
            (
                self.demo and "demo" in self.model_fields_set,
                "PARKPLACE_DEMO asks for accounts everyone knows",
            ),
            (self.rate_limits == "off", "PARKPLACE_RATE_LIMITS is off"),
            (
                not self.admins_need_second_factor,
                "PARKPLACE_ADMIN_SECOND_FACTOR lets admins in with a password alone",
            ),
            (
                not all(way.issuer.startswith("https://") for way in self.openid.values()),
                "PARKPLACE_OIDC names an issuer without https://",
            ),
            (
                any(network.prefixlen == 0 for network in self.trusted_proxies),
                "PARKPLACE_TRUSTED_PROXIES believes everybody",
            ),
            ("*" in self.cors_origins, "PARKPLACE_CORS_ORIGINS lets every site call the API"),
        )


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()  # pyright: ignore[reportCallIssue] - every value comes from the environment
