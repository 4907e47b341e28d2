"""A server with a certificate that nobody vouches for."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 30.0  # seconds
LAST_WORD = b"secret"  # what is told ends with it


@dataclass
class Stranger:
    """What the server heard once a line was encrypted; *certificate* is its own, in PEM."""

    certificate: Path
    port: int = 0
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def stranger(folder: Path, name: str) -> Iterator[Stranger]:
    """Answer one line after the other on this machine, encrypted, as *name*."""
    server = Stranger(certificate=folder / "stranger.pem")
    server.certificate.write_bytes(_certificate(name))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=_answer, args=(listener, context, server))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)


def _answer(listener: socket.socket, context: ssl.SSLContext, server: Stranger) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return  # the listener was shut
        line.settimeout(PATIENCE)
        with line, suppress(OSError), context.wrap_socket(line, server_side=True) as secret:
            told = b""
            while not told.endswith(LAST_WORD) and (piece := secret.recv(1 << 16)):
                told += piece
            server.heard.append(told)
            secret.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


def _certificate(name: str) -> bytes:
    """Return a key and its certificate, signed by itself, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
