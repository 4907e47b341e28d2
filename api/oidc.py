"""Signing in by a provider of OpenID Connect: code flow with PKCE, off unless configured.

A person is found by the name (`sub`) that an administrator has written into the account, never by
an address of mail that the provider tells.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, cast

from api.parts import parts
from api.problems import RequestError
from engine.account_errors import VoucherError, WrongSignInError

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session
    from joserfc.jwk import KeySetSerialization

    from engine.settings import Settings
    from engine.store.queries import Person

KIND = "oidc"
COOKIE = "abreast-oidc"
MINUTES = 10  # for the whole detour to the provider
CALLBACK = "/sign-in/oidc/callback"
_SECONDS = 10  # that the provider may take to answer
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_VERIFIER_BYTES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What a provider says of itself under /.well-known/openid-configuration."""

    issuer: str
    authorize: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A detour to the provider: where to send the browser, and what it must bring back."""

    address: str
    secret: str


def is_configured() -> bool:
    """Tell whether people may sign in this way."""
    settings = parts().settings
    return bool(settings.oidc_issuer and settings.oidc_client)


def begin(place: str) -> Begun:
    """Begin the detour; *place* is where it ends.

    Raises:
        RequestError: 503 if the provider does not answer as it should.
    """
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    verifier = secrets.token_urlsafe(_VERIFIER_BYTES)
    client = _client()
    address, _ = client.create_authorization_url(
        _provider().authorize, state=state, nonce=nonce, code_verifier=verifier
    )
    data = {"state": state, "nonce": nonce, "verifier": verifier, "place": place}
    secret = parts().accounts.voucher(KIND, timedelta(minutes=MINUTES), data=data)
    return Begun(address=address, secret=secret)


def finish(secret: str, state: str, code: str) -> tuple[Person, str]:
    """Return who came back from the provider, and where they wanted to go.

    Args:
        secret: From the cookie: it is the browser that began, and each detour ends once.

    Raises:
        WrongSignInError: If anything does not fit, or we know nobody of that name.
        RequestError: 503 if the provider does not answer as it should.
    """
    try:
        kept = parts().accounts.use(secret, KIND)
    except VoucherError as error:
        raise WrongSignInError from error
    if not code or not compare_digest(kept["state"].encode(), state.encode()):
        raise WrongSignInError
    token = _identity_token(code, kept["verifier"])
    person = parts().accounts.person_of(_subject(token, kept["nonce"]))
    if person is None:
        raise WrongSignInError
    return person, kept["place"]


def _identity_token(code: str, verifier: str) -> str:
    """Change the code for an identity token."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - as in _client
    from requests import RequestException  # noqa: PLC0415 - same

    try:
        answer = _client().fetch_token(
            _provider().token, code=code, code_verifier=verifier, timeout=_SECONDS
        )
    except AuthlibBaseError as error:
        raise WrongSignInError from error
    except RequestException as error:
        raise _away() from error
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise WrongSignInError
    return token


def _subject(token: str, nonce: str) -> str:
    """Return whom an identity token speaks of, after its signature and every claim held."""
    from joserfc import jwt  # noqa: PLC0415 - as in _client
    from joserfc.errors import JoseError  # noqa: PLC0415 - same
    from joserfc.jwk import KeySet  # noqa: PLC0415 - same

    provider, client = _provider(), parts().settings.oidc_client
    claims = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": client},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        keys = KeySet.import_key_set(cast("KeySetSerialization", _fetched(provider.keys)))
        found = jwt.decode(token, keys, algorithms=_ALGORITHMS)
        claims.validate(found.claims)
    except (JoseError, ValueError, KeyError) as error:
        raise WrongSignInError from error
    # Kinds of tokens that are signed with the same keys say so (RFC 8725); this one need not.
    if str(found.header.get("typ", "JWT")).upper() != "JWT":
        raise WrongSignInError
    if found.claims.get("azp", client) != client:
        raise WrongSignInError
    return str(found.claims["sub"])


def _client() -> OAuth2Session:
    # Loaded when asked for: most offices have no provider.
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415

    settings = parts().settings
    return OAuth2Session(
        settings.oidc_client,
        settings.oidc_secret or None,
        scope="openid",
        redirect_uri=settings.address + CALLBACK,
        code_challenge_method="S256",
    )


def _provider() -> Provider:
    return _asked(parts().settings)


@lru_cache(maxsize=4)
def _asked(settings: Settings) -> Provider:
    """Ask a provider what it is; once, for it does not change."""
    issuer = settings.oidc_issuer
    said = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise _away()
    try:
        return Provider(
            issuer=issuer,
            authorize=said["authorization_endpoint"],
            token=said["token_endpoint"],
            keys=said["jwks_uri"],
        )
    except KeyError as error:
        raise _away() from error


def _fetched(address: str) -> dict[str, Any]:
    import requests  # noqa: PLC0415 - as in _client

    try:
        answer = requests.get(address, timeout=_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return cast("dict[str, Any]", answer.json())
    except (requests.RequestException, ValueError) as error:
        raise _away() from error


def _away() -> RequestError:
    return RequestError(503, "account.provider", seconds=30)
