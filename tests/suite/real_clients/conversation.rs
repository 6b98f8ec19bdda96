//! The steps of every client: log in, call the API, refresh, lose a response, revoke, be denied.

use std::process::Command;

use serde_json::{Value, json};

use super::gateway::Gateway;
use super::script;

/// A client of the demo, as its script sets it up.
pub(super) struct Client {
    /// How it logs in.
    pub(super) grant_type: &'static str,
    /// How it authenticates.
    pub(super) auth_method: &'static str,
    /// Whether it introspects, too.
    pub(super) introspects: bool,
    /// What its library checks before the log-in.
    pub(super) checks: &'static [&'static str],
}

impl Client {
    /// Runs its script, which is given the issuer and more arguments, and compares both ends of
    /// what happens: what the library reports and what the server was asked and answered.
    pub(super) async fn converse(&self, mut script: Command, arguments: &[&str]) {
        let gateway = Gateway::to_demo().await;
        script.arg(&gateway.issuer).args(arguments);
        let report = script::run(script).await;
        assert_eq!(report, self.report());
        assert_eq!(gateway.transcript(), self.transcript());
    }

    fn report(&self) -> Vec<Value> {
        let whole = "openid read write";
        let checks = self.checks.iter().map(|check| json!({"step": check}));
        let mut steps: Vec<Value> = checks.collect();
        steps.extend([
            json!({"step": "log in", "scope": whole}),
            json!({"step": "whoami", "sub": "bshaffer"}),
        ]);
        steps.extend(self.introspected(json!({"step": "introspect", "active": true})));
        steps.extend([
            json!({"step": "refresh", "scope": whole}),
            json!({"step": "narrow", "scope": "read"}),
            json!({"step": "widen", "scope": whole}),
            json!({"step": "lose a response"}),
            json!({"step": "retry", "scope": whole}),
            json!({"step": "come late", "scope": whole}),
            json!({"step": "go on", "scope": whole, "sub": "bshaffer"}),
            json!({"step": "revoke"}),
        ]);
        steps.extend(self.introspected(json!({"step": "introspect", "active": false})));
        steps.extend([
            json!({"step": "be refused", "error": "invalid_grant"}),
            json!({"step": "be refused by the API", "status": 401}),
        ]);
        steps
    }

    fn transcript(&self) -> Vec<String> {
        let (grant_type, by) = (self.grant_type, self.auth_method);
        let mut lines = vec![
            format!("{grant_type} by {by}: 200, 1"),
            "whoami: 200".to_owned(),
        ];
        lines.extend(self.introspected(format!("introspect 1 by {by}: true")));
        lines.extend([
            format!("refresh_token 1 by {by}: 200, 2"),
            format!("refresh_token 2 for read by {by}: 200, 3"),
            format!("refresh_token 3 by {by}: 200, 4"),
            format!("refresh_token 4 by {by}: 200, 5, lost"),
            format!("refresh_token 4 by {by}: 200, 6"),
            format!("refresh_token 3 by {by}: 200, 7"),
            format!("refresh_token 6 by {by}: 200, 8"),
            "whoami: 200".to_owned(),
            format!("revoke 8 by {by}: 200"),
        ]);
        lines.extend(self.introspected(format!("introspect 8 by {by}: false")));
        lines.extend([
            format!("refresh_token 8 by {by}: 400 invalid_grant"),
            "whoami: 401 invalid_token".to_owned(),
        ]);
        lines
    }

    fn introspected<T>(&self, step: T) -> Option<T> {
        self.introspects.then_some(step)
    }
}
