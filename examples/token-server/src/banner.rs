//! The text on stdout at start: the address, and commands to try.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::data::DataFolder;
use crate::routes::{AUTHORIZATION_PATH, REVOCATION_PATH, TOKEN_PATHS};
use crate::setup::Generated;

/// The facts for the text.
pub(crate) struct Banner {
    pub(crate) address: SocketAddr,
    /// The data folder, if something is kept in it.
    pub(crate) data: Option<DataFolder>,
    pub(crate) generated: Generated,
    /// The clients and users are those of the demo, whose secrets are public.
    pub(crate) is_demo: bool,
}

impl Banner {
    /// Prints one line for programs, then the rest for people.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(self.text().as_bytes())?;
        stdout.flush()
    }

    fn text(&self) -> String {
        let mut text = format!("listening on http://{}\n", self.address);
        if let Some(data) = &self.data {
            let folder = data.path().display();
            text.push_str(&format!(
                "\n# Data is kept in {folder}: sessions and keys survive a restart.\n"
            ));
        }
        if let Some(what) = self.generated.what() {
            text.push_str(&format!(
                "\n# {what} for this run: no token survives a restart.\n"
            ));
        }
        if self.is_demo {
            text.push_str(&self.commands());
        }
        text
    }

    /// Commands for a first look, to be pasted into bash in this order.
    fn commands(&self) -> String {
        let address = SocketAddr::new(reachable(self.address.ip()), self.address.port());
        let token = format!("http://{address}{}", TOKEN_PATHS[0]);
        let revocation = format!("http://{address}{REVOCATION_PATH}");
        let authorization = format!("http://{address}{AUTHORIZATION_PATH}");
        COMMANDS
            .replace("TOKEN_URL", &token)
            .replace("REVOCATION_URL", &revocation)
            .replace("AUTHORIZATION_URL", &authorization)
    }
}

/// Returns an address to connect to, for one to listen on.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

const COMMANDS: &str = r#"
# Log in:
LOGIN=$(curl -s -u TestClient:TestSecret -d 'grant_type=password&username=bshaffer&password=brent123' TOKEN_URL); echo "$LOGIN"

# Refresh: new tokens for the refresh token of the login.
FIRST=$(sed 's/.*"refresh_token":"\([^"]*\)".*/\1/' <<< "$LOGIN")
REFRESHED=$(curl -s -u TestClient:TestSecret -d "grant_type=refresh_token&refresh_token=$FIRST" TOKEN_URL); echo "$REFRESHED"

# Refresh for an access token that may only read. The refresh token keeps the whole scope.
SECOND=$(sed 's/.*"refresh_token":"\([^"]*\)".*/\1/' <<< "$REFRESHED")
NARROWED=$(curl -s -u TestClient:TestSecret -d "grant_type=refresh_token&refresh_token=$SECOND&scope=read" TOKEN_URL); echo "$NARROWED"

# Replay: the same again, as if the response had been lost. It succeeds within 60 seconds;
# after that it would end the session.
REPLAYED=$(curl -s -u TestClient:TestSecret -d "grant_type=refresh_token&refresh_token=$SECOND" TOKEN_URL); echo "$REPLAYED"

# Replay the first one, as a third browser tab would. Each token has 60 seconds of its own,
# from when it was superseded.
curl -s -u TestClient:TestSecret -d "grant_type=refresh_token&refresh_token=$FIRST" TOKEN_URL; echo

# Log out: revoke the session.
THIRD=$(sed 's/.*"refresh_token":"\([^"]*\)".*/\1/' <<< "$REPLAYED")
curl -s -o /dev/null -w '%{http_code}\n' -u TestClient:TestSecret -d "token=$THIRD" REVOCATION_URL

# No token of it refreshes any more:
curl -s -u TestClient:TestSecret -d "grant_type=refresh_token&refresh_token=$THIRD" TOKEN_URL; echo

# Applications send people to AUTHORIZATION_URL to log in (authorization code with PKCE), for
# example as demo-app.

# Stop the server with Ctrl-C.
"#;
