/// The username and password to authenticate with. Has no `Debug`, because it may hold a password.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}
