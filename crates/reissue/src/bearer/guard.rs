//! How tokens are verified, and how requests are refused.

use std::sync::Arc;

use http::{Request, Response};

use super::cache::SessionCheck;
use super::credentials::Presented;
use super::refusal::Refusal;
use super::token::VerifiedToken;
use super::verify::Rules;
use crate::clock::{Clock, Timestamp};
use crate::grant::Confirmation;
use crate::server::TokenType;
use crate::token::envelope::Open;
use crate::wire::EndpointBody;

/// How tokens are verified.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) keys: Arc<dyn Open>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rules: Rules,
    pub(super) realm: String,
    pub(super) sessions: Option<Arc<SessionCheck>>,
}

impl Guard {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn verify<B>(
        &self,
        presented: &Presented<'_>,
        request: &Request<B>,
        now: Timestamp,
    ) -> Result<VerifiedToken, Refusal> {
        let proved = request.extensions().get::<Confirmation>();
        self.rules.verify(&*self.keys, presented, proved, now)
    }

    pub(super) fn refuse(&self, refusal: Refusal, scheme: TokenType) -> Response<EndpointBody> {
        refusal.to_response(scheme, &self.realm, &self.rules.scope)
    }
}
