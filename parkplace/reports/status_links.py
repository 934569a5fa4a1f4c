"""The unguessable token by which somebody sees what became of their report.

It is made of the report's id and a key of ours, so that a repeated request gets the same link and
nothing secret has to be kept for that; stored is only its hash, by which the report is found.
"""

import base64
import hmac
from hashlib import sha256
from uuid import UUID

from parkplace.core.keys import derived_key


def status_token(report_id: UUID) -> str:
    """Return the token of a report: 43 signs, safe in a URL."""
    signature = hmac.digest(derived_key("report-status"), report_id.bytes, sha256)
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")
