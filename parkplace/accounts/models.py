"""Tables of people and of what proves who they are."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp


def _text(default: str = "") -> Any:  # noqa: ANN401 - typed by the field, as SQLModel's own Field
    """A text that rows written by SQL alone have too."""
    return Field(default=default, sa_column_kwargs={"server_default": default})


class SessionKind(StrEnum):
    """What a session was opened through."""

    BROWSER = "browser"
    API = "api"


class HourCycle(StrEnum):
    """How somebody reads a clock; `auto` is as their language does."""

    AUTO = "auto"
    H12 = "12"
    H24 = "24"


class DistanceUnit(StrEnum):
    """How somebody measures a way; `auto` is as their country does."""

    AUTO = "auto"
    KM = "km"
    MI = "mi"


class OptionalLetter(StrEnum):
    """Letters that a person may do without: kinds of `notifications.messages`.

    What concerns money, safety or a stay that will not take place is none of them.
    """

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    REQUESTED = "requested"
    REPORT_RECEIVED = "report_received"


class User(Row, table=True):
    """A person with an account; every user may drive, some host, few administer.

    Attributes:
        email: In lower case, which is how two spellings of one address meet.
        email_verified_at: When a letter to that address was answered; NULL until then.
        two_factor_at: Since when a code of an app is asked for too; NULL while it is not.
        suspended_at: Since when an admin keeps them out; NULL for everybody in good standing. It is
            set for whoever is deleted too: what asks for it keeps out both.
        suspended_why: What the admin wrote to them.
        deleted_at: Since when nothing of the person is left but this row.
        identity_verified_at: When an admin had seen papers; NULL until then.
        public_name: What others see; empty is the first word of `name`.
        photo_key: The files are named `<key>-<width>.webp`, with the widths of `profiles.WIDTHS`.
        locale: Such as `en_US`; empty is whatever the browser says.
        muted_letters: Words of `OptionalLetter`: what they do without.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("hour_cycle", HourCycle),
        one_of("distance_unit", DistanceUnit),
        CheckConstraint("deleted_at IS NULL OR suspended_at IS NOT NULL", name="gone_is_out"),
        Index("ix_users_created", "created_at", "id"),
        Index("ix_users_name", text("lower(name)"), "id"),
        # Beginnings of words are found by these in databases of every language.
        Index("ix_users_email_begins", "email", postgresql_ops={"email": "text_pattern_ops"}),
        Index(
            "ix_users_name_begins",
            literal_column("lower(name)").label("name"),
            postgresql_ops={"name": "text_pattern_ops"},
        ),
        Index("ix_users_admins", "created_at", "id", postgresql_where=text("is_admin")),
        Index(
            "ix_users_out",
            "created_at",
            "id",
            postgresql_where=text("suspended_at IS NOT NULL"),
        ),
    )

    id: UUID = key()
    email: str = Field(unique=True)
    name: str
    password_hash: str
    is_host: bool = False
    is_admin: bool = False
    email_verified_at: datetime | None = timestamp(optional=True)
    suspended_at: datetime | None = timestamp(optional=True)
    two_factor_at: datetime | None = timestamp(optional=True)
    created_at: datetime = timestamp()
    suspended_why: str = _text()
    deleted_at: datetime | None = timestamp(optional=True)
    identity_verified_at: datetime | None = timestamp(optional=True)
    public_name: str = _text()
    about: str = _text()
    photo_key: str | None = None
    locale: str = _text()
    hour_cycle: str = _text(HourCycle.AUTO)
    distance_unit: str = _text(DistanceUnit.AUTO)
    muted_letters: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(String), nullable=False, server_default="{}"),
    )

    @property
    def two_factor(self) -> bool:
        """Whether signing in takes a code as well."""
        return self.two_factor_at is not None

    @property
    def has_password(self) -> bool:
        """Whether there is a password at all; who came through a provider may have none."""
        return self.password_hash.startswith("$")


class UserSession(Row, table=True):
    """A sign-in that can be revoked; the browser's cookie holds the token, this row its hash.

    For `api` sessions `token_hash` is that of the current refresh token, and `family_hash` that of
    the part which all refresh tokens of one sign-in share: an older one that comes back names its
    session by it, and means that a thief has a copy. `network` is where it was opened from, by the
    range of addresses only.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (one_of("kind", SessionKind),)

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    kind: str
    token_hash: str = Field(unique=True)
    family_hash: str | None = Field(default=None, unique=True)
    device: str = ""
    network: str = ""
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)


class SignInCode(Row, table=True):
    """A code, good once and for a minute, that the browser exchanges for its session cookie."""

    __tablename__ = "sign_in_codes"

    code_hash: str = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    expires_at: datetime = timestamp(index=True)


class AuditEntry(Row, table=True):
    """What was done about safety or by an admin; the database refuses to change or remove a row.

    No name, address or secret stands in it, so it can stay when a person is forgotten.

    Attributes:
        actor_id: Who did it; NULL when it was nobody who is signed in.
        subject_id: Whose account, or which thing, it was done to.
        network: From where, by the range of addresses only.
        before, after: What was changed, as JSON can say it.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_id", "id"),
        Index("ix_audit_entries_actor", "actor_id", "id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime = timestamp()
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    action: str
    network: str = ""
    device: str = ""
    before: dict[str, Any] | None = json_column(optional=True)
    after: dict[str, Any] | None = json_column(optional=True)


class LinkPurpose(StrEnum):
    """What the link in a letter is good for."""

    VERIFY = "verify"
    RESET = "reset"
    CHANGE_OLD = "change_old"  # to the address that an account has
    CHANGE_NEW = "change_new"  # to the one that it is to have


class AccountLink(Row, table=True):
    """A link in a letter, good once and for a while; the letter has the token, this row its hash.

    Its account is looked up when the transaction ends: for an address that nobody has, the same
    row is written and taken back (see `account_links.draw`).

    Attributes:
        email: The address that the link proves or asks for; dead when the account has another one.
        used_at: When it was used; NULL until then.
    """

    __tablename__ = "account_links"
    __table_args__ = (
        one_of("purpose", LinkPurpose),
        Index("ix_account_links_user", "user_id", "purpose"),
        ForeignKeyConstraint(
            ["user_id"], ["users.id"], ondelete="CASCADE", deferrable=True, initially="DEFERRED"
        ),
    )

    token_hash: str = Field(primary_key=True)
    user_id: UUID
    purpose: str
    email: str
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)
    used_at: datetime | None = timestamp(optional=True)


class SeenDevice(Row, table=True):
    """From where somebody has signed in: a hash of device and range of addresses, and when last."""

    __tablename__ = "seen_devices"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    digest: str = Field(primary_key=True)
    seen_at: datetime = timestamp(index=True)


class SecondFactor(Row, table=True):
    """What an authenticator app and we both know; in force once `users.two_factor_at` is set.

    Attributes:
        secret: Sealed with our key, so that a copy of the database makes no codes.
        last_step: The latest half minute, counted from 1970, whose code was accepted; neither it
            nor an earlier one is accepted again.
    """

    __tablename__ = "second_factors"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    secret: str
    last_step: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = timestamp()


class RecoveryCode(Row, table=True):
    """A code, good once, that stands in for an app that is lost; using it deletes the row."""

    __tablename__ = "recovery_codes"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    code_hash: str = Field(primary_key=True)


class UserIdentity(Row, table=True):
    """Who somebody is to an OpenID provider; it opens their account here.

    Attributes:
        provider: The name that the operator gave it, as in the addresses of its sign-in.
        issuer: The provider's own name. Only it and `subject` together are one person: behind
            another issuer the same subject is somebody else (OpenID Connect Core 1.0, 5.7).
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    provider: str
    issuer: str
    subject: str
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()


class VehicleKind(StrEnum):
    """What sort of vehicle it is."""

    CAR = "car"
    VAN = "van"
    MOTORCYCLE = "motorcycle"
    TRUCK = "truck"
    CAMPER = "camper"


class Vehicle(Row, table=True):
    """A vehicle that somebody drives; one of each person's is the default.

    Attributes:
        plate: Capitals and digits only, so that every spelling of it meets.
        region: Where the plate is from, such as `NY`; may be empty.
        height_cm, length_cm, width_cm: NULL where nobody has said.
    """

    __tablename__ = "vehicles"
    __table_args__ = (
        one_of("kind", VehicleKind),
        UniqueConstraint("user_id", "plate", "region"),
        Index("uq_vehicles_default", "user_id", unique=True, postgresql_where=text("is_default")),
        CheckConstraint("height_cm BETWEEN 50 AND 500", name="height_cm"),
        CheckConstraint("length_cm BETWEEN 50 AND 2500", name="length_cm"),
        CheckConstraint("width_cm BETWEEN 30 AND 400", name="width_cm"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    plate: str
    region: str = ""
    nickname: str = ""
    kind: str = VehicleKind.CAR
    height_cm: int | None = Field(default=None, sa_type=SmallInteger)
    length_cm: int | None = Field(default=None, sa_type=SmallInteger)
    width_cm: int | None = Field(default=None, sa_type=SmallInteger)
    is_default: bool = False
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp()


class PaperKind(StrEnum):
    """By what somebody proves who they are."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    BUSINESS = "business"


class CheckStatus(StrEnum):
    """How far a check of somebody's papers has come."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class IdentityCheck(Row, table=True):
    """Papers that somebody sent, and what an admin said to them; one waits at a time.

    Attributes:
        why: The admin's words to the person.
        decided_by: Which admin.
    """

    __tablename__ = "identity_checks"
    __table_args__ = (
        one_of("kind", PaperKind),
        one_of("status", CheckStatus),
        Index(
            "uq_identity_checks_pending",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_identity_checks_user", "user_id", "id"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    kind: str
    status: str = CheckStatus.PENDING
    why: str = ""
    created_at: datetime = timestamp()
    decided_at: datetime | None = timestamp(optional=True, index=True)
    decided_by: UUID | None = None


class IdentityDocument(Row, table=True):
    """A picture or a PDF of a paper; the file lies sealed among `core.private_files`."""

    __tablename__ = "identity_documents"
    __table_args__ = (UniqueConstraint("check_id", "number"),)

    id: UUID = key()
    check_id: UUID = Field(foreign_key="identity_checks.id", ondelete="CASCADE")
    number: int = Field(sa_type=SmallInteger)
    file_name: str = Field(unique=True)
    content_type: str
    size: int
