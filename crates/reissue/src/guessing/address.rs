//! The network address that a request comes from.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

/// The network address that a request comes from, by which guesses are counted.
///
/// The application puts it into the extensions of the request, usually by a
/// [`ClientAddressLayer`](super::ClientAddressLayer). It decides nothing about tokens and sessions.
///
/// ```
/// use std::net::IpAddr;
/// use reissue::guessing::ClientAddress;
///
/// let address = ClientAddress::from("2001:db8::1".parse::<IpAddr>()?);
/// assert_eq!(address.network(), "2001:db8::".parse::<IpAddr>()?);
/// # Ok::<_, std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Returns the address of a request on a connection from `connection`, taken from `source`.
    ///
    /// A request without the header that `source` names, or with anything but an address in it, has
    /// the address of the connection.
    #[must_use]
    pub fn of(connection: IpAddr, headers: &HeaderMap, source: AddressSource) -> Self {
        let forwarded = match source {
            AddressSource::Connection => None,
            AddressSource::XForwardedFor => last_forwarded(headers),
        };
        Self::from(forwarded.unwrap_or(connection))
    }

    /// Returns the address itself; an IPv4 address that was mapped into IPv6 is an IPv4 address.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// Returns what guesses are counted by: an IPv4 address, or the IPv6 network of 64 bits,
    /// because one machine may own all addresses of it.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from(network))
            }
        }
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the address of a request is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressSource {
    /// The address of the connection. Use it where clients connect directly to this server. Behind
    /// a proxy all clients would have the address of the proxy, and one attacker would use up the
    /// guesses of all.
    #[default]
    Connection,
    /// The last address in `X-Forwarded-For`. Use it behind one proxy that appends the address of
    /// its client. Without a proxy clients could choose their address. The addresses before the
    /// last are set by the client and ignored.
    XForwardedFor,
}

/// Returns the last address of `X-Forwarded-For`, without the port that some proxies append.
fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = last.to_str().ok()?.rsplit(',').next()?.trim();
    let with_port = || last.parse().ok().map(|address: SocketAddr| address.ip());
    last.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use http::HeaderValue;

    use super::*;

    const CONNECTION: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_the_last_forwarded_address_is_the_proxys_word() {
        for (values, expected) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["10.0.0.1, 203.0.113.9"], "203.0.113.9"),
            (&["10.0.0.1", "203.0.113.9"], "203.0.113.9"),
            (&["::ffff:203.0.113.9"], "203.0.113.9"),
            (&["203.0.113.9:49152"], "203.0.113.9"),
            (&["[2001:db8::9]:49152"], "2001:db8::9"),
            (&["unknown"], "127.0.0.1"),
            (&["203.0.113.9,"], "127.0.0.1"),
            (&[], "127.0.0.1"),
        ] {
            let source = AddressSource::XForwardedFor;
            let address = ClientAddress::of(CONNECTION, &headers(values), source);
            assert_eq!(address.to_string(), expected, "{values:?}");
        }
    }

    #[test]
    fn without_a_proxy_the_header_is_ignored() {
        let headers = headers(&["203.0.113.9"]);
        let address = ClientAddress::of(CONNECTION, &headers, AddressSource::Connection);
        assert_eq!(address.ip(), CONNECTION);
    }

    #[test]
    fn an_ipv6_network_of_64_bits_counts_as_one_address() {
        let network = |text: &str| ClientAddress::from(text.parse::<IpAddr>().unwrap()).network();
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("203.0.113.8"), network("203.0.113.9"));
    }
}
