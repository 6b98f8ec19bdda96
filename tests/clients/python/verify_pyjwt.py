"""PyJWT as an API: verifies an access token with the keys that the server publishes."""

import sys

import jwt

from support import ISSUER, expect, metadata, report

token, algorithm = sys.argv[2:]
keys = jwt.PyJWKClient(metadata()["jwks_uri"])


def verify(token, **other):
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token),
        options={"require": ["iss", "sub", "aud", "iat", "exp", "jti", "client_id"]},
        **{"algorithms": [algorithm], "issuer": ISSUER, "audience": ISSUER, **other},
    )


header, payload, signature = token.split(".")
forged = ".".join([header, payload, ("B" if signature[0] == "A" else "A") + signature[1:]])

report("read the header", alg=jwt.get_unverified_header(token)["alg"], typ=jwt.get_unverified_header(token)["typ"])
report("verify", claims=verify(token))
expect(jwt.InvalidSignatureError, lambda: verify(forged))
report("refuse a forgery")
expect(jwt.InvalidAudienceError, lambda: verify(token, audience="https://api.example"))
report("refuse another audience")
expect(jwt.InvalidIssuerError, lambda: verify(token, issuer="https://id.example"))
report("refuse another issuer")
