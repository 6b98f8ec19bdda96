"""requests-oauthlib: "password" as a confidential client with its secret in the body, "code" as a public client with PKCE."""

import os
import sys

# Without it the libraries refuse http, even on this machine.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from oauthlib.oauth2 import InvalidGrantError, LegacyApplicationClient, WebApplicationClient
from requests_oauthlib import OAuth2Session

from conversation import converse
from support import log_in, metadata

SERVER = metadata()


class Client:
    Refused = InvalidGrantError

    def __init__(self, client, credentials, **more):
        self.stored = []
        self.client = client
        self.credentials = credentials
        self.session = OAuth2Session(
            client=client,
            auto_refresh_url=SERVER["token_endpoint"],
            auto_refresh_kwargs=credentials,
            token_updater=self.stored.append,
            **more,
        )

    def log_in(self):
        # Without include_client_id the library sends HTTP Basic, for a public client with an empty
        # secret.
        return self.session.fetch_token(
            SERVER["token_endpoint"],
            **self.login(),
            client_secret=self.credentials.get("client_secret"),
            include_client_id=True,
            timeout=30,
        )

    def scope(self, token):
        return " ".join(token["scope"])

    def refresh(self, token, scope=None):
        self.session.scope = scope
        try:
            return self.session.refresh_token(
                SERVER["token_endpoint"], token["refresh_token"], timeout=30
            )
        finally:
            self.session.scope = None

    def get(self, url, token):
        self.session.token = token
        return self.session.get(url, timeout=30)

    def revoke(self, token):
        url, headers, body = self.client.prepare_token_revocation_request(
            SERVER["revocation_endpoint"], token["refresh_token"], "refresh_token", **self.credentials
        )
        answer = self.session.post(url, body, headers=headers, withhold_token=True, timeout=30)
        answer.raise_for_status()


class WithPassword(Client):
    def __init__(self):
        super().__init__(
            LegacyApplicationClient("TestClient"),
            {"client_id": "TestClient", "client_secret": "TestSecret"},
        )

    def login(self):
        return {"username": "bshaffer", "password": "brent123"}


class WithCode(Client):
    def __init__(self):
        super().__init__(
            WebApplicationClient("demo-app"),
            {"client_id": "demo-app"},
            redirect_uri="http://127.0.0.1:49152/callback",
            pkce="S256",
        )

    def login(self):
        url, _ = self.session.authorization_url(SERVER["authorization_endpoint"])
        return {"authorization_response": log_in(url)}


converse({"password": WithPassword, "code": WithCode}[sys.argv[2]]())
