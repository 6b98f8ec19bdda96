"""PySETO as an API: opens v4.public with the keys that the server publishes, v4.local with the key that it shares."""

import base64
import json
import sys

import pyseto
import requests
from pyseto import Key, Paseto

from support import ISSUER, expect, metadata, report

token, shared_key = sys.argv[2:]
paseto = Paseto.new()


def published_keys():
    for jwk in requests.get(metadata()["jwks_uri"], timeout=30).json()["keys"]:
        x = base64.urlsafe_b64decode(jwk["x"] + "=" * (-len(jwk["x"]) % 4))
        yield jwk["kid"], Key.from_asymmetric_key_params(4, x=x)


if shared_key:
    key = Key.from_paserk(shared_key)
    kid = key.to_paserk_id()
    assertion = f"access token of {ISSUER}"
    broken = pyseto.DecryptError
else:
    [(kid, key)] = published_keys()
    assert key.to_paserk_id() == kid, "the published name of the key is the one that PASERK gives it"
    assertion = ""
    broken = pyseto.VerifyError


def verify(token, assertion=assertion, audience=ISSUER):
    opened = paseto.decode(key, token, implicit_assertion=assertion, deserializer=json, aud=audience)
    return opened.payload, opened.footer


version, purpose, payload, footer = token.split(".")
forged = ".".join([version, purpose, ("B" if payload[0] == "A" else "A") + payload[1:], footer])

claims, footer = verify(token)
assert footer == {"kid": kid}, footer
report("verify", claims=claims)
expect(broken, lambda: verify(forged))
report("refuse a forgery")
expect(broken, lambda: verify(token, assertion="access token of https://id.example"))
report("refuse another assertion")
expect(pyseto.VerifyError, lambda: verify(token, audience="https://api.example"))
report("refuse another audience")
