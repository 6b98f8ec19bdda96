//! Issuance: a session and its first tokens for a grant.

use super::mint::{MintRequest, mint_failed, seal_failed};
use super::{Server, ServerError, Tokens};
use crate::client::{AuthenticatedClient, Client};
use crate::denial::Denial;
use crate::event::{Event, Requester};
use crate::grant::{Grant, GrantType};
use crate::policy::{OfflineAccess, Policy};
use crate::secret::{FamilySecret, random};
use crate::store::{Create, Created, Revision};
use crate::token::refresh::{Contents, to_details};

impl Server {
    /// Issues tokens for a grant to a client, and opens a session if a refresh token is among them.
    ///
    /// A refresh token is issued only to a client that may use `refresh_token`, never for
    /// `client_credentials` (RFC 6749 §4.4.3) or `implicit` (§4.2.2), and, if the
    /// [policy](crate::PolicyBuilder::with_offline_access) requires it, only if `offline_access`
    /// was granted.
    ///
    /// The subject of a `client_credentials` grant must be the client itself, by its id (RFC 9068
    /// §2.2). The application must make sure that no *user* has the id of a client as name, because
    /// APIs see `sub` alone (RFC 9068 §5).
    ///
    /// A grant with a [single-use id](Grant::with_single_use_id) is issued once. The second time it
    /// is denied, and the session of the first time ends.
    ///
    /// # Errors
    ///
    /// `invalid_scope` for a grant beyond the client's scope; `invalid_grant` for one that cannot
    /// be issued to the client, or whose label is too long, or whose subject is not the client for
    /// `client_credentials`, or that does not fit into a refresh token of 4,096 characters, or at
    /// the session limit, or whose single-use id was redeemed before; `temporarily_unavailable` if
    /// the store fails, or if there is no randomness for a token.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may leave a session whose tokens were never delivered. It ends when its
    /// idle lifetime has passed.
    pub async fn issue(
        &self,
        client: &AuthenticatedClient,
        grant_type: GrantType,
        grant: Grant,
    ) -> Result<Tokens, ServerError> {
        let requester = Requester::of(client).with_grant_type(grant_type.as_str());
        let issued = self.try_issue(client, &grant_type, grant).await;
        self.reported(requester, issued)
    }

    /// Does the same without a report of a denial.
    pub(crate) async fn try_issue(
        &self,
        client: &AuthenticatedClient,
        grant_type: &GrantType,
        grant: Grant,
    ) -> Result<Tokens, ServerError> {
        let mut tokens = self.mint_and_create(client, grant_type, &grant).await?;
        self.emit(&Event::Issued {
            client: client.id(),
            grant_type: grant_type.as_str(),
            subject: &grant.subject,
            sid: tokens.sid,
            address: client.address(),
        });
        tokens.parameters = grant.parameters;
        Ok(tokens)
    }

    async fn mint_and_create(
        &self,
        client: &Client,
        grant_type: &GrantType,
        grant: &Grant,
    ) -> Result<Tokens, ServerError> {
        check_grant(client, grant_type, grant)?;
        let policy = self.policy_for(client, grant);
        let now = self.now();
        let mint = |sid, session_ends| {
            self.mint(MintRequest {
                client,
                policy: &policy,
                grant,
                scope: &grant.scope,
                resource: None,
                claims: &grant.claims,
                sid,
                id: random().map_err(mint_failed)?,
                session_ends,
                now,
            })
        };
        if !is_refreshable(client, &policy, grant_type, grant) {
            let tokens = mint(None, None)?;
            self.redeem(grant).await?;
            return Ok(tokens);
        }
        if !self.shared.refresh_tokens.fits(client.id(), grant) {
            return Err(Denial::GrantUnissuable.into());
        }

        let secret = FamilySecret::generate().map_err(mint_failed)?;
        let sid = secret.sid();
        let expires_at = policy.absolute_ttl().limit().map(|ttl| now + ttl);
        let tokens = Tokens {
            refresh_token: Some(
                self.shared
                    .refresh_tokens
                    .seal(Contents {
                        secret: &secret,
                        generation: 0,
                        revision: Revision::ORIGINAL,
                        issued_at: now,
                        expires_at,
                        client_id: client.id(),
                        grant,
                    })
                    .map_err(seal_failed)?,
            ),
            ..mint(Some(sid), expires_at)?
        };
        let create = Create {
            subject: self.subject_key(&grant.subject),
            sid,
            idle: policy.idle_ttl().limit(),
            expires_at,
            details: to_details(client.id(), grant).ok_or(Denial::GrantUnissuable)?,
            limit: self.shared.session_limit,
        };
        let created = self.shared.store.create(create).await?;
        if let Created::Done { evicted } = &created {
            for sid in evicted {
                self.emit(&Event::SessionEvicted {
                    subject: &grant.subject,
                    sid: *sid,
                });
            }
        }
        // Also at the session limit, so that a second use is noticed there too.
        self.redeem(grant).await?;
        match created {
            Created::Done { .. } => Ok(tokens),
            Created::Full => Err(Denial::SessionLimit.into()),
        }
    }
}

fn check_grant(client: &Client, grant_type: &GrantType, grant: &Grant) -> Result<(), Denial> {
    let subject = &grant.subject;
    if subject.is_empty() || subject.chars().any(char::is_control) {
        return Err(Denial::GrantUnissuable);
    }
    // No other subject has authorised anything (RFC 6749 §4.4, RFC 9068 §2.2).
    if *grant_type == GrantType::CLIENT_CREDENTIALS && subject != client.id() {
        return Err(Denial::SubjectNotClient);
    }
    if client.is_sender_constrained() && grant.confirmation.is_none() {
        return Err(Denial::GrantUnissuable);
    }
    match client.scope() {
        Some(most) if !most.contains_all(&grant.scope) => Err(Denial::ScopeNotGranted),
        _ => Ok(()),
    }
}

fn is_refreshable(client: &Client, policy: &Policy, grant_type: &GrantType, grant: &Grant) -> bool {
    let never = [GrantType::CLIENT_CREDENTIALS, GrantType::IMPLICIT];
    let may_go_offline = match policy.offline_access() {
        OfflineAccess::Optional => true,
        OfflineAccess::Required => grant.scope.contains("offline_access"),
    };
    client.may_use(&GrantType::REFRESH_TOKEN) && !never.contains(grant_type) && may_go_offline
}
