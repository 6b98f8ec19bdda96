//! Warnings about settings that are for a first look, on a server that others can reach.

use std::net::{IpAddr, SocketAddr};

use http::Uri;
use reissue::ClientSecret;
use reissue::client::SecretHash;

use crate::config::{Config, ConfigError, Credential, Issuer, Password, Source};

/// Returns a warning for each setting that strangers could use; none for a server that only this
/// machine can reach.
///
/// A server is within reach if it listens beyond loopback, or if its issuer has another host name.
pub(crate) fn warnings(config: &Config, address: SocketAddr) -> Result<Vec<String>, ConfigError> {
    let issuer = config.issuer.as_ref().map(Issuer::as_str);
    let issuer_is_local = issuer.is_none_or(is_local);
    if address.ip().is_loopback() && issuer_is_local {
        return Ok(Vec::new());
    }
    let mut warnings = Vec::new();
    let is_plain = match issuer {
        Some(issuer) => issuer.starts_with("http:") && !issuer_is_local,
        None => true,
    };
    if is_plain {
        let issuer = issuer.map_or_else(|| format!("http://{address}"), str::to_owned);
        warnings.push(format!(
            "issuer: {issuer} is not https: whoever is on the way reads tokens and passwords"
        ));
    }
    let demo = demo_secrets(config, &Config::demo()?);
    warnings.extend(demo.into_iter().map(|what| {
        format!("{what} is that of the demo, which everybody knows, and the server is within reach")
    }));
    Ok(warnings)
}

/// Returns the key and the owner of each secret that is in the demo, too.
fn demo_secrets(config: &Config, demo: &Config) -> Vec<String> {
    let demo_clients: Vec<&str> = demo
        .clients
        .iter()
        .filter_map(|client| match &client.credential {
            Credential::Plain(secret) => Some(secret.expose()),
            _ => None,
        })
        .collect();
    let demo_users: Vec<&str> = demo
        .users
        .iter()
        .filter_map(|user| match &user.password {
            Password::Plain(password) => Some(password.expose()),
            Password::Argon2(_) => None,
        })
        .collect();
    let clients = config
        .clients
        .iter()
        .enumerate()
        .filter_map(|(index, client)| {
            let key = match &client.credential {
                Credential::Plain(secret) if demo_clients.contains(&secret.expose()) => "secret",
                Credential::Sha256(digest) if is_any(*digest, &demo_clients) => "secret_sha256",
                _ => return None,
            };
            Some(format!("clients[{index}].{key} of {}", client.id))
        });
    let users = config.users.iter().enumerate().filter_map(|(index, user)| {
        let Password::Plain(password) = &user.password else {
            return None;
        };
        let is_of_demo = demo_users.contains(&password.expose());
        is_of_demo.then(|| format!("users[{index}].password of {}", user.name))
    });
    let keys = config.tokens.seal_keys.iter().enumerate();
    let keys = keys.filter(|(_, scheduled)| match &scheduled.key {
        Source::Inline(key) => key.expose() == DEMO_SEAL_KEY,
        Source::Env(_) | Source::File(_) => false,
    });
    let keys = keys.map(|(index, _)| format!("tokens.seal_keys[{index}]"));
    clients.chain(users).chain(keys).collect()
}

fn is_any(digest: [u8; 32], secrets: &[&str]) -> bool {
    let hash = SecretHash::from_sha256(digest);
    secrets
        .iter()
        .any(|secret| hash.verify(&ClientSecret::new(*secret)))
}

/// Returns whether a URL leads to the machine that it is used on (RFC 6761 §6.3).
fn is_local(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

/// The example in the demo.
const DEMO_SEAL_KEY: &str = "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8";

#[cfg(test)]
mod tests;
