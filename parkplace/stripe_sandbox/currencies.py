"""What Stripe charges in, how it counts, and the least it takes.

Source: https://docs.stripe.com/currencies.
"""

from decimal import Decimal

from parkplace.stripe_sandbox.errors import ApiError


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


ZERO_DECIMAL = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = _codes("bhd jod kwd omr tnd")
# Counted with two decimals for old times' sake; the decimals must be 00.
WHOLE_ONLY = _codes("isk ugx")
TWO_DECIMAL = _codes(
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd "
    "cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd "
    "hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop "
    "mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar "
    "sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd yer "
    "zar zmw"
)
SUPPORTED = ZERO_DECIMAL | THREE_DECIMAL | WHOLE_ONLY | TWO_DECIMAL
MINIMUM = {
    "aed": 200,
    "aud": 50,
    "bgn": 100,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
    "usd": 50,
}
MOST = 99_999_999


def check_currency(currency: str) -> None:
    """Refuse what is not a supported currency in lower case.

    Raises:
        ApiError: It is not.
    """
    if currency not in SUPPORTED:
        raise ApiError(f"Invalid currency: {currency}", param="currency")


def check_amount(amount: int, currency: str, *, least: int = 1) -> None:
    """Refuse an amount that the currency cannot have or that lies outside Stripe's bounds.

    Raises:
        ApiError: The amount is too small, too large, or has decimals it must not have.
    """
    check_currency(currency)
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise ApiError(message, code="parameter_invalid_integer", param="amount")
    if amount < least:
        message = f"Amount must be at least {written(least, currency)}"
        raise ApiError(message, code="amount_too_small", param="amount")
    if amount > MOST:
        message = f"Amount must be no more than {written(MOST, currency)}"
        raise ApiError(message, code="amount_too_large", param="amount")
    step = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_ONLY else 1
    if amount % step:
        raise ApiError(f"Invalid amount: {currency} amounts end in {str(step)[1:]}", param="amount")


def written(amount: int, currency: str) -> str:
    """Return an amount in words, such as `4.50 USD`."""
    places = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    return f"{Decimal(amount).scaleb(-places):f} {currency.upper()}"
