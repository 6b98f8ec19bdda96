/// What is filled into the configuration of a new server. No secret is among it.
#[derive(Debug)]
pub(super) struct Template {
    /// Relative to the configuration, as the next one.
    pub(super) signing_key: String,
    pub(super) seal_key: String,
    pub(super) secret_sha256: String,
    pub(super) password_argon2: String,
}

impl Template {
    /// Returns the configuration.
    pub(super) fn render(&self) -> String {
        let fill = |text: String, (name, value): (&str, &str)| {
            text.replace(&format!("{{{{{name}}}}}"), value)
        };
        [
            ("signing_key", &*self.signing_key),
            ("seal_key", &self.seal_key),
            ("secret_sha256", &self.secret_sha256),
            ("password_argon2", &self.password_argon2),
        ]
        .into_iter()
        .fold(TEXT.to_owned(), fill)
    }
}

const TEXT: &str = include_str!("template.toml");

#[cfg(test)]
mod tests;
