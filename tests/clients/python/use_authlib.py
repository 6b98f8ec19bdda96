"""Authlib: "password" as a confidential client with HTTP Basic, "code" as a public client with PKCE."""

import sys

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from conversation import converse
from support import log_in, metadata

SERVER = metadata()


class Client:
    Refused = OAuthError

    def __init__(self, *credentials, **more):
        self.stored = []
        self.session = OAuth2Session(
            *credentials,
            token_endpoint=SERVER["token_endpoint"],
            default_timeout=30,
            **more,
        )

    def scope(self, token):
        return token["scope"]

    def refresh(self, token, scope=None):
        narrowed = {"scope": scope} if scope else {}
        return self.session.refresh_token(refresh_token=token["refresh_token"], **narrowed)

    def get(self, url, token):
        self.session.token = token
        self.session.update_token = lambda token, refresh_token: self.stored.append(token)
        try:
            return self.session.get(url)
        finally:
            self.session.update_token = None

    def revoke(self, token):
        url = SERVER["revocation_endpoint"]
        self.session.revoke_token(url, token=token["refresh_token"]).raise_for_status()


class WithPassword(Client):
    def __init__(self):
        super().__init__("TestClient", "TestSecret")

    def log_in(self):
        return self.session.fetch_token(username="bshaffer", password="brent123")

    def introspect(self, token):
        url = SERVER["introspection_endpoint"]
        return self.session.introspect_token(url, token=token["refresh_token"]).json()["active"]


class WithCode(Client):
    def __init__(self):
        super().__init__(
            "demo-app",
            redirect_uri="http://127.0.0.1:49152/callback",
            code_challenge_method="S256",
        )

    def log_in(self):
        verifier = generate_token(48)
        url, state = self.session.create_authorization_url(
            SERVER["authorization_endpoint"], code_verifier=verifier
        )
        return self.session.fetch_token(
            authorization_response=log_in(url), state=state, code_verifier=verifier
        )


converse({"password": WithPassword, "code": WithCode}[sys.argv[2]]())
