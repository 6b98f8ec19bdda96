//! The texts of each reason, for clients and for operators.

use std::borrow::Cow;

use super::code::is_error_text;
use super::{Denial, ErrorCode};

impl Denial {
    /// Returns a stable name of the reason, for labels of metrics and for logs.
    ///
    /// ```
    /// assert_eq!(reissue::Denial::TokenReused.name(), "token_reused");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AssertionUnverified => "assertion_unverified",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyUnreadable => "body_unreadable",
            Self::ClientDisabled => "client_disabled",
            Self::ClientMethodNotAllowed => "client_method_not_allowed",
            Self::ClientUnknown => "client_unknown",
            Self::ClientUnproved => "client_unproved",
            Self::ClientsUnavailable => "clients_unavailable",
            Self::ContentEncoding => "content_encoding",
            Self::ContentType => "content_type",
            Self::Contention => "contention",
            Self::CredentialsDiffer => "credentials_differ",
            Self::CredentialsMalformed => "credentials_malformed",
            Self::CredentialsMissing => "credentials_missing",
            Self::CredentialsTwice => "credentials_twice",
            Self::Custom(_) => "custom",
            Self::GrantRejected => "grant_rejected",
            Self::GrantReused => "grant_reused",
            Self::GrantTypeNotAllowed => "grant_type_not_allowed",
            Self::GrantTypeUnsupported => "grant_type_unsupported",
            Self::GrantUnissuable => "grant_unissuable",
            Self::HookDenied => "hook_denied",
            Self::HookFailed => "hook_failed",
            Self::HookOverreached => "hook_overreached",
            Self::KeyMismatch => "key_mismatch",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::MintFailed => "mint_failed",
            Self::ParameterEncoding => "parameter_encoding",
            Self::ParameterMissing(_) => "parameter_missing",
            Self::ParameterRepeated => "parameter_repeated",
            Self::ResourceMalformed => "resource_malformed",
            Self::ResourceNotGranted => "resource_not_granted",
            Self::RolledBack => "rolled_back",
            Self::SchemeUnknown => "scheme_unknown",
            Self::ScopeMalformed => "scope_malformed",
            Self::ScopeNotGranted => "scope_not_granted",
            Self::SecretWrong => "secret_wrong",
            Self::SecretsBusy => "secrets_busy",
            Self::SessionLimit => "session_limit",
            Self::SessionMissing => "session_missing",
            Self::SessionShared => "session_shared",
            Self::StoreUnavailable => "store_unavailable",
            Self::SubjectNotClient => "subject_not_client",
            Self::TokenExpired => "token_expired",
            Self::TokenForeign => "token_foreign",
            Self::TokenKeyUnknown => "token_key_unknown",
            Self::TokenMalformed => "token_malformed",
            Self::TokenReused => "token_reused",
            Self::TokenSuperseded => "token_superseded",
            Self::TokenTypeUnsupported => "token_type_unsupported",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::TooManyGuesses { .. } => "too_many_guesses",
            Self::TooManyParameters => "too_many_parameters",
        }
    }

    /// Returns the code that the client gets.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::BodyTooLarge
            | Self::BodyUnreadable
            | Self::ContentEncoding
            | Self::ContentType
            | Self::CredentialsDiffer
            | Self::CredentialsTwice
            | Self::MethodNotAllowed
            | Self::ParameterEncoding
            | Self::ParameterMissing(_)
            | Self::ParameterRepeated
            | Self::TooManyParameters => ErrorCode::InvalidRequest,
            Self::AssertionUnverified
            | Self::ClientDisabled
            | Self::ClientMethodNotAllowed
            | Self::ClientUnknown
            | Self::ClientUnproved
            | Self::CredentialsMalformed
            | Self::CredentialsMissing
            | Self::SchemeUnknown
            | Self::SecretWrong
            | Self::TooManyGuesses { .. } => ErrorCode::InvalidClient,
            Self::Custom(custom) => custom.code(),
            Self::GrantTypeNotAllowed => ErrorCode::UnauthorizedClient,
            Self::GrantTypeUnsupported => ErrorCode::UnsupportedGrantType,
            Self::TokenTypeUnsupported => ErrorCode::UnsupportedTokenType,
            Self::GrantRejected
            | Self::GrantReused
            | Self::GrantUnissuable
            | Self::HookDenied
            | Self::KeyMismatch
            | Self::RolledBack
            | Self::SessionLimit
            | Self::SessionMissing
            | Self::SessionShared
            | Self::SubjectNotClient
            | Self::TokenExpired
            | Self::TokenForeign
            | Self::TokenKeyUnknown
            | Self::TokenMalformed
            | Self::TokenReused
            | Self::TokenSuperseded
            | Self::TooManyAttempts { .. } => ErrorCode::InvalidGrant,
            Self::ScopeMalformed | Self::ScopeNotGranted => ErrorCode::InvalidScope,
            Self::ResourceMalformed | Self::ResourceNotGranted => ErrorCode::InvalidTarget,
            Self::ClientsUnavailable
            | Self::Contention
            | Self::HookFailed
            | Self::HookOverreached
            | Self::MintFailed
            | Self::SecretsBusy
            | Self::StoreUnavailable => ErrorCode::TemporarilyUnavailable,
        }
    }

    /// Returns the `error_description` that the client gets beside the code.
    ///
    /// It describes malformed requests, and reveals nothing about clients and tokens. It never
    /// repeats input, and has only the characters that RFC 6749 §5.2 allows.
    #[must_use]
    pub fn description(self) -> Cow<'static, str> {
        match self {
            Self::ParameterMissing(name) if is_error_text(name) => {
                Cow::Owned(format!("The parameter {name} is missing."))
            }
            _ => Cow::Borrowed(self.fixed_description()),
        }
    }

    const fn fixed_description(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "The request body is too large.",
            Self::BodyUnreadable => "The request body could not be read.",
            Self::ContentEncoding => "The request body must not have a content encoding.",
            Self::ContentType => {
                "The request body must be application/x-www-form-urlencoded in UTF-8."
            }
            Self::CredentialsDiffer => "The client_id of the body is not that of the header.",
            Self::CredentialsTwice => "The client must authenticate in one way only.",
            Self::Custom(custom) => custom.description(),
            Self::MethodNotAllowed => "The request method must be POST.",
            Self::ParameterEncoding => "A parameter is not properly encoded.",
            Self::ParameterMissing(_) => "A required parameter is missing.",
            Self::ParameterRepeated => "A parameter is repeated.",
            Self::TooManyGuesses { .. } => {
                "Client authentication failed too often. Try again later."
            }
            Self::TooManyParameters => "There are too many parameters.",
            _ => match self.code() {
                ErrorCode::AccessDenied => "The request was denied.",
                ErrorCode::AuthorizationPending => "The authorization is pending.",
                ErrorCode::ExpiredToken => "The code has expired.",
                ErrorCode::Extension(_) => "The request cannot be granted.",
                ErrorCode::InvalidClient => "Client authentication failed.",
                ErrorCode::InvalidGrant => "The grant or refresh token is not valid.",
                ErrorCode::InvalidRequest => "The request is malformed.",
                ErrorCode::InvalidScope => "The scope is malformed or was not granted.",
                ErrorCode::InvalidTarget => "The resource is malformed or was not granted.",
                ErrorCode::SlowDown => "The client polls too fast.",
                ErrorCode::TemporarilyUnavailable => "The server is unavailable now. Try again.",
                ErrorCode::UnauthorizedClient => "The client may not use this grant type.",
                ErrorCode::UnsupportedGrantType => "The grant type is not supported.",
                ErrorCode::UnsupportedTokenType => "Tokens of this type cannot be revoked.",
            },
        }
    }
}
