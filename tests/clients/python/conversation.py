"""What every client does, step by step."""

from requests.exceptions import ConnectionError

from support import ISSUER, expect, lose_next_response, report

WHOAMI = f"{ISSUER}/whoami"


def converse(client):
    login = client.log_in()
    report("log in", scope=client.scope(login))
    report("whoami", sub=client.get(WHOAMI, login).json()["sub"])
    introspect(client, login)

    refreshed = client.refresh(login)
    report("refresh", scope=client.scope(refreshed))
    narrowed = client.refresh(refreshed, "read")
    report("narrow", scope=client.scope(narrowed))
    widened = client.refresh(narrowed)
    report("widen", scope=client.scope(widened))

    lose_next_response()
    expect(ConnectionError, lambda: client.refresh(widened))
    report("lose a response")
    retried = client.refresh(widened)
    report("retry", scope=client.scope(retried))
    report("come late", scope=client.scope(client.refresh(narrowed)))

    # The token that an application has kept has expired: the library refreshes without being told.
    sub = client.get(WHOAMI, {**retried, "expires_at": 1}).json()["sub"]
    [last] = client.stored
    report("go on", scope=client.scope(last), sub=sub)

    client.revoke(last)
    report("revoke")
    introspect(client, last)
    report("be refused", error=expect(client.Refused, lambda: client.refresh(last)).error)
    report("be refused by the API", status=client.get(WHOAMI, last).status_code)


def introspect(client, token):
    if hasattr(client, "introspect"):
        report("introspect", active=client.introspect(token))
