"""A small provider of OpenID Connect on this machine: real HTTP, real keys, real signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENT, SECRET = "abreast", "secret of the client"
_LIFE = 300  # seconds


@dataclass(kw_only=True)
class Provider:
    """What it knows, and how it may be made to lie.

    Attributes:
        subject: Who is signed in there.
        claims: Put in the place of what a token would say.
        key: What tokens are signed with.
        forges: Makes the token of the claims in some other way than is right.
        codes: What each code stands for: the request that it answers.
        given: Every token that it gave.
    """

    issuer: str = ""
    subject: str = "sub-1"
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    signs_with: RSAKey | None = None
    forges: Callable[[dict[str, Any]], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)

    def asked(self, address: str) -> tuple[str, str]:
        """Sign the person in at *address*, as the browser is led there; return (code, state)."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return code, query["state"]

    def configuration(self) -> dict[str, Any]:
        """Return what a provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def keys(self) -> dict[str, Any]:
        """Return the public key."""
        found: dict[str, Any] = dict(KeySet([self.key]).as_dict(private=False))
        return found

    def exchanged(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code; None for a code that is none, or another's."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or _challenge(form.get("code_verifier", "")) != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + _LIFE,
        } | self.claims
        token = self._signed(claims) if self.forges is None else self.forges(claims)
        access = f"access-of-{self.subject}-{now}"
        self.given += [token, access]
        return {"access_token": access, "token_type": "Bearer", "id_token": token}

    def _signed(self, claims: dict[str, Any]) -> str:
        key = self.signs_with or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """Return a token that says it needs no signature."""
        return f"{_parts({'alg': 'none', 'kid': self.key.kid}, claims)}."

    def signed_by_all(self, claims: dict[str, Any]) -> str:
        """Return a token signed with what everybody knows: the public key, as a shared secret."""
        text = _parts({"alg": "HS256", "kid": self.key.kid}, claims)
        signature = hmac.digest(self.key.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{_coded(signature)}"

    def of_access(self, claims: dict[str, Any]) -> str:
        """Return a token that is in order, and of another kind (RFC 9068)."""
        header = {"alg": "RS256", "kid": self.key.kid, "typ": "at+jwt"}
        return jwt.encode(header, claims, self.key)


@contextmanager
def running() -> Iterator[Provider]:
    """Let a provider listen until the context ends."""
    provider = Provider()
    provider.key.ensure_kid()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {"/.well-known/openid-configuration": provider.configuration()}
            self._answer({**found, "/keys": provider.keys()}.get(self.path))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {
                name: each[0] for name, each in parse_qs(self.rfile.read(length).decode()).items()
            }
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            known = self.headers["Authorization"] == f"Basic {basic}"
            self._answer(provider.exchanged(form) if known else None)

        def _answer(self, body: dict[str, Any] | None) -> None:
            self.send_response(200 if body else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body or {"error": "invalid_grant"}).encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _challenge(verifier: str) -> str:
    return _coded(hashlib.sha256(verifier.encode()).digest())


def _parts(*parts: dict[str, Any]) -> str:
    return ".".join(_coded(json.dumps(part).encode()) for part in parts)


def _coded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
