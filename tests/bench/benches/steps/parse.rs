//! The form of a refresh, and what it asks for.

use bytes::Bytes;
use reissue::{Parameters, RefreshRequest};

use super::Step;
use super::setup::{SUBJECT, login, server};

pub(crate) struct Parse {
    form: Bytes,
}

impl Default for Parse {
    fn default() -> Self {
        let token = login(&server(), SUBJECT).refresh_token;
        let token = token.expect("the client may refresh");
        let form = format!("grant_type=refresh_token&refresh_token={}", token.expose());
        Self { form: form.into() }
    }
}

impl Step for Parse {
    type Input = Bytes;
    type Output = (Parameters, RefreshRequest);

    fn input(&self) -> Bytes {
        self.form.clone()
    }

    fn run(&self, form: Bytes) -> (Parameters, RefreshRequest) {
        let parameters = Parameters::parse(&form).expect("the form is well-formed");
        let request = RefreshRequest::read(&parameters).expect("there is a token");
        (parameters, request)
    }
}
