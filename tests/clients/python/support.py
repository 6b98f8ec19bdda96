"""What the scripts share: the report to the test, and the browser that logs in."""

import faulthandler
import json
import re
import sys

import requests

# A script that hangs ends with the place where it does.
faulthandler.dump_traceback_later(120, exit=True)

ISSUER = sys.argv[1]


def report(step, **facts):
    """Tells the test what the library made of the server's answer."""
    print(json.dumps({"step": step, **facts}), flush=True)


def metadata():
    response = requests.get(f"{ISSUER}/.well-known/oauth-authorization-server", timeout=30)
    response.raise_for_status()
    return response.json()


def lose_next_response():
    """The next answer of the token endpoint will not arrive."""
    requests.post(f"{ISSUER}/lose-the-next-response", timeout=30).raise_for_status()


def log_in(authorization_url):
    """Does what a person does in a browser, and gives the address that the browser is sent to."""
    with requests.Session() as browser:
        page = browser.get(authorization_url, timeout=30)
        page.raise_for_status()
        sealed = re.search(r'name="request" value="([^"]*)"', page.text)[1]
        answer = browser.post(
            page.url.split("?")[0],
            data={"request": sealed, "username": "bshaffer", "password": "brent123"},
            allow_redirects=False,
            timeout=30,
        )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def expect(error, action):
    """The error of this kind that an action ends in."""
    try:
        action()
    except error as raised:
        return raised
    raise AssertionError(f"no {error.__name__}")
