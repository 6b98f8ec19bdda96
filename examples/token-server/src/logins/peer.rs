//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

use crate::config::PeerAddress;

/// The address that a request comes from, as far as guesses are counted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    /// Behind a proxy only the last address is the proxy's word; those before it are whatever the client likes.
    pub(crate) fn of(connection: IpAddr, headers: &HeaderMap, address: PeerAddress) -> Self {
        let forwarded = match address {
            PeerAddress::Connection => None,
            PeerAddress::Forwarded => last_forwarded(headers),
        };
        Self(forwarded.unwrap_or(connection).to_canonical())
    }

    /// A client may have as many addresses of an IPv6 network of 64 bits as it likes.
    pub(super) fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from(network))
            }
        }
    }
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

/// Whoever calls the router without a connection is one peer.
impl<S> FromRequestParts<S> for Peer
where
    S: Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get().copied();
        Ok(peer.unwrap_or(Self(Ipv4Addr::UNSPECIFIED.into())))
    }
}

fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = last.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok()
}

#[cfg(test)]
mod tests {
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
            (&["unknown"], "127.0.0.1"),
            (&[], "127.0.0.1"),
        ] {
            let peer = Peer::of(CONNECTION, &headers(values), PeerAddress::Forwarded);
            assert_eq!(peer.0.to_string(), expected, "{values:?}");
        }
    }

    #[test]
    fn without_a_proxy_the_header_says_nothing() {
        let peer = Peer::of(
            CONNECTION,
            &headers(&["203.0.113.9"]),
            PeerAddress::Connection,
        );
        assert_eq!(peer, Peer(CONNECTION));
    }

    #[test]
    fn a_network_of_64_bits_is_one_peer() {
        let network = |text: &str| Peer(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("203.0.113.8"), network("203.0.113.9"));
    }
}
