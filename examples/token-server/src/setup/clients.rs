//! `[[clients]]`.

use reissue::client::{
    self, Client, ClientMap, ClientStatus, IntrospectionAccess, SecretHash, SenderConstraint,
};
use reissue::{GrantType, InvalidGrantType, Policy, Scope};

use super::policy::policy;
use super::{SetupError, policy_warnings};
use crate::config::{AuthMethod, ClientKeys, Credential};
use crate::findings::Findings;

/// Returns the clients. Those without a policy of their own are served under `server`.
pub(super) fn clients(
    clients: &[ClientKeys],
    server: &Policy,
    findings: &mut Findings,
) -> Result<ClientMap, SetupError> {
    let clients: Vec<Client> = clients
        .iter()
        .enumerate()
        .map(|(index, keys)| client(index, keys, server, findings))
        .collect::<Result<_, _>>()?;
    ClientMap::new(clients).map_err(SetupError::Clients)
}

fn client(
    index: usize,
    keys: &ClientKeys,
    server: &Policy,
    findings: &mut Findings,
) -> Result<Client, SetupError> {
    let key = |name: &str| format!("clients[{index}].{name}");
    let wrong = |name: &str, expected: String| SetupError::Value {
        path: key(name),
        expected,
    };
    let is_public = matches!(keys.credential, Credential::Public);
    if is_public
        && keys
            .grants
            .iter()
            .any(|grant| grant == "client_credentials")
    {
        let expected = "no client_credentials: anyone can be a public client (RFC 6749 §4.4)";
        return Err(wrong("grants", expected.to_owned()));
    }
    let base = match &keys.credential {
        Credential::Argon2(phc) => {
            let hash = SecretHash::from_argon2id(phc.expose())
                .map_err(|_| wrong("secret_argon2", ARGON2_EXPECTED.to_owned()))?;
            Client::confidential(&keys.id, hash)
        }
        Credential::Plain(secret) => {
            Client::confidential(&keys.id, SecretHash::sha256(secret.expose()))
        }
        Credential::Public => Client::public(&keys.id),
        Credential::Sha256(hash) => Client::confidential(&keys.id, SecretHash::from_sha256(*hash)),
    };
    let grant_types: Vec<GrantType> = keys
        .grants
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, InvalidGrantType>>()
        .map_err(|error| wrong("grants", error.to_string()))?;
    let mut client = base
        .with_grant_types(grant_types)
        .with_scope(scope(index, keys)?)
        .with_auth_methods(keys.auth_methods.iter().map(auth_method))
        .with_status(if keys.enabled {
            ClientStatus::Enabled
        } else {
            ClientStatus::Disabled
        })
        .with_introspection_access(if keys.introspect {
            IntrospectionAccess::AllTokens
        } else {
            IntrospectionAccess::OwnTokens
        })
        .with_sender_constraint(if keys.sender_constrained {
            SenderConstraint::Required
        } else {
            SenderConstraint::Optional
        });
    if !keys.grants.iter().any(|name| name == "refresh_token") {
        client = client.without_refresh_token();
    }
    let mut decisive = "policy".to_owned();
    if let Some(own) = &keys.policy {
        decisive = key("policy");
        let own = policy(&decisive, own)?;
        policy_warnings(&decisive, &own, findings);
        client = client.with_policy(own);
    }
    client.check(server).map_err(|cause| SetupError::Client {
        path: decisive,
        index,
        cause,
    })?;
    Ok(client)
}

/// Returns everything that a client may ask for.
pub(super) fn scope(index: usize, keys: &ClientKeys) -> Result<Scope, SetupError> {
    keys.scope.parse().map_err(|_| SetupError::Value {
        path: format!("clients[{index}].scope"),
        expected: "scopes with single spaces between them".to_owned(),
    })
}

fn auth_method(method: &AuthMethod) -> client::AuthMethod {
    match method {
        AuthMethod::ClientSecretBasic => client::AuthMethod::ClientSecretBasic,
        AuthMethod::ClientSecretPost => client::AuthMethod::ClientSecretPost,
        AuthMethod::None => client::AuthMethod::None,
    }
}

/// What the hash of a password or a human-chosen secret looks like.
pub(super) const ARGON2_EXPECTED: &str = "a complete PHC string of argon2id";
