"""TLS is verified against the host's name, though the connection goes to a number."""

import datetime
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ingest.pull import Fetcher, Guard, Limits
from ingest.pull.cache import Cache
from ingest.pull.fetch import Wanted
from kb.errors import IngestError

HOST = "laws.example"
PAGE = "<p>动火作业</p>".encode()


@pytest.fixture
def certificate(tmp_path):
    """A certificate for laws.example that signs itself; the path of its PEM, key included."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def secure(site, certificate):
    """The site, speaking TLS; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    site.page("/a.html", PAGE)
    return int(site.host.rpartition(":")[2])


def fetch(host, port, folder, path="/a.html"):
    guard = Guard([f"{host}:{port}", f"{HOST}:{port}"], lambda *_: ["127.0.0.1"])
    with Fetcher(guard, Limits(delay=0, attempts=1, read=2)) as fetcher:
        return fetcher.fetch(Wanted(f"https://{host}:{port}{path}", "a"), Cache(folder))


@pytest.fixture
def trusted(certificate, monkeypatch):
    """The certificate is among those the system trusts."""
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr("ingest.pull.transport._verifying", lambda: context)


def test_a_certificate_nobody_vouches_for_is_refused(secure, site, tmp_path):
    with pytest.raises(IngestError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(HOST, secure, tmp_path / "cache")
    assert not site.asked


def test_the_name_is_verified_though_a_number_is_called(secure, trusted, tmp_path):
    assert fetch(HOST, secure, tmp_path / "cache").path.read_bytes() == PAGE


def test_a_certificate_for_another_name_is_refused(secure, trusted, site, tmp_path):
    with pytest.raises(IngestError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch("other.example", secure, tmp_path / "cache")
    assert not site.asked


def test_no_redirect_leads_out_of_tls(secure, trusted, site, tmp_path):
    site.redirect("/down.html", f"http://{HOST}:{secure}/a.html")
    with pytest.raises(IngestError, match="不加密"):
        fetch(HOST, secure, tmp_path / "cache", "/down.html")
