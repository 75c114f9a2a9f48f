"""A small certification authority for an organisation's node: one root, leaf certificates for its hosts.

Enough for a pilot and for tests; an organisation with a PKI of its own pins that root instead. X.509 v3, ECDSA on P-256,
which every TLS stack speaks. Keeps nothing: keys and certificates are returned as PEM.
"""

import base64
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tallystick.errors import ConfigError

_BACKDATED = timedelta(minutes=5)
"""Certificates begin a little earlier, for partners whose clock is behind."""
CA_DAYS = 3650
LEAF_DAYS = 397


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key and its certificate, both PEM."""

    key: bytes = field(repr=False)
    certificate: bytes


def make_authority(organisation: str, now: datetime, *, days: int = CA_DAYS) -> Credential:
    """Return a new root of an organisation."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64])])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _certificate(name, name, key.public_key(), now, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Credential(_pem(key), certificate.public_bytes(serialization.Encoding.PEM))


def issue(authority: Credential, hosts: list[str], now: datetime, *, days: int = LEAF_DAYS) -> Credential:
    """Return a leaf certificate for hosts (names or IP addresses), good for both ends of a connection.

    Raises:
        ConfigError: the authority's key or certificate cannot be read.
    """
    try:
        ca_key = serialization.load_pem_private_key(authority.key, password=None)
        ca = x509.load_pem_x509_certificate(authority.certificate)
    except ValueError:
        raise ConfigError("the certification authority of this node cannot be read", hint="restore keys/ca.*") from None
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise ConfigError("the certification authority of this node has no key on a curve", hint="restore keys/ca.*")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _certificate(name, ca.subject, key.public_key(), now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return Credential(_pem(key), certificate.public_bytes(serialization.Encoding.PEM))


def is_issued_by(leaf_der: bytes, ca_der: bytes) -> bool:
    """Tell whether a certificate was issued directly by a root; TLS has checked its dates and purposes before."""
    try:
        x509.load_der_x509_certificate(leaf_der).verify_directly_issued_by(x509.load_der_x509_certificate(ca_der))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def hosts_of(certificate_pem: bytes) -> list[str]:
    """Return the names and addresses a leaf certificate is good for.

    Raises:
        ValueError: it is none.
    """
    try:
        names = x509.load_pem_x509_certificate(certificate_pem).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    addresses = names.value.get_values_for_type(x509.IPAddress)
    return [*names.value.get_values_for_type(x509.DNSName), *map(str, addresses)]


def expires_at(certificate_pem: bytes) -> datetime:
    """Return when a certificate ends, in UTC.

    Raises:
        ValueError: it is none.
    """
    return x509.load_pem_x509_certificate(certificate_pem).not_valid_after_utc


def from_base64(text: str) -> bytes:
    """Return a certificate (DER) as a card has it."""
    return base64.b64decode(text, validate=True)


def to_base64(certificate_der: bytes) -> str:
    """Return a certificate (DER) as a card has it."""
    return base64.b64encode(certificate_der).decode()


def to_der(certificate_pem: bytes) -> bytes:
    """Return a PEM certificate as DER."""
    return x509.load_pem_x509_certificate(certificate_pem).public_bytes(serialization.Encoding.DER)


def to_pem(certificate_der: bytes) -> bytes:
    """Return a DER certificate as PEM.

    Raises:
        ConfigError: it is none.
    """
    try:
        return x509.load_der_x509_certificate(certificate_der).public_bytes(serialization.Encoding.PEM)
    except ValueError:
        raise ConfigError("the root certificate of a card is no certificate", hint="ask the member for its card again") from None


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
