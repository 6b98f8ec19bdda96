use http::StatusCode;

use super::escape::escaped;
use crate::authorize::request::Asked;

/// The login form.
pub(in crate::authorize) struct Login<'a> {
    pub(in crate::authorize) asked: &'a Asked,
    /// What people call the application.
    pub(in crate::authorize) client: &'a str,
    /// The sealed request.
    pub(in crate::authorize) request: &'a str,
    pub(in crate::authorize) username: &'a str,
    /// What went wrong the last time.
    pub(in crate::authorize) alert: Option<Alert>,
    pub(in crate::authorize) status: StatusCode,
}

/// What went wrong.
#[derive(Clone, Copy, Debug)]
pub(in crate::authorize) enum Alert {
    /// Too many log in at once.
    Busy,
    /// Passwords were guessed too often.
    TooMany,
    /// Name and password are not those of a user.
    Wrong,
}

impl Alert {
    fn text(self) -> &'static str {
        match self {
            Self::Busy => "Many people are logging in just now. Try again in a moment.",
            Self::TooMany => "There were too many wrong passwords. Wait a while, then try again.",
            Self::Wrong => "The username or the password is wrong.",
        }
    }
}

impl Login<'_> {
    /// Returns the title of the page, which is the first thing that a screen reader reads.
    pub(super) fn title(&self) -> &'static str {
        match self.alert {
            None => "Log in",
            Some(_) => "Error: Log in",
        }
    }

    pub(super) fn body(&self) -> String {
        let client = escaped(self.client);
        let alert = self.alert.map_or_else(String::new, |alert| {
            let text = alert.text();
            format!("<div class=\"alert\" role=\"alert\" id=\"alert\"><p>{text}</p></div>\n")
        });
        let invalid = match self.alert {
            Some(Alert::Wrong) => " aria-invalid=\"true\" aria-describedby=\"alert\"",
            Some(Alert::Busy | Alert::TooMany) => " aria-describedby=\"alert\"",
            None => "",
        };
        // The field that is to be filled next.
        let (name_focus, password_focus) = if self.username.is_empty() {
            (" autofocus", "")
        } else {
            ("", " autofocus")
        };
        format!(
            r#"<h1>Log in</h1>
<p class="to">to continue to <strong>{client}</strong></p>
{alert}<form method="post" action="authorize">
<input type="hidden" name="request" value="{request}">
<div class="field"><label for="username">Username</label>
<input id="username" name="username" type="text" value="{username}" autocomplete="username"
  autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="next" required{invalid}{name_focus}></div>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
  enterkeyhint="go" required{invalid}{password_focus}></div>
<button type="submit">Log in</button>
</form>
{scopes}"#,
            request = escaped(self.request),
            username = escaped(self.username),
            scopes = self.scopes(&client),
        )
    }

    fn scopes(&self, client: &str) -> String {
        let scopes = self
            .asked
            .scope
            .split(' ')
            .filter(|scope| !scope.is_empty());
        let items: String = scopes
            .map(|scope| format!("<li>{}</li>\n", escaped(scope)))
            .collect();
        if items.is_empty() {
            return items;
        }
        format!(
            "<section aria-labelledby=\"scopes\">\n\
             <h2 id=\"scopes\">What <strong>{client}</strong> will be able to use</h2>\n\
             <ul>\n{items}</ul>\n</section>\n"
        )
    }
}
