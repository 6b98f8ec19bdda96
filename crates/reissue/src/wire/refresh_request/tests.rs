use crate::denial::Denial;
use crate::server::RefreshRequest;
use crate::wire::Parameters;

#[test]
fn what_is_malformed_is_named_by_its_code() {
    let read = |body: &str| RefreshRequest::read(&Parameters::parse(body.as_bytes()).unwrap());
    assert_eq!(
        read("scope=a").unwrap_err(),
        Denial::ParameterMissing("refresh_token")
    );
    assert_eq!(
        read("refresh_token=t&scope=a++b").unwrap_err(),
        Denial::ScopeMalformed
    );
    assert_eq!(
        read("refresh_token=t&resource=relative").unwrap_err(),
        Denial::ResourceMalformed
    );
    assert_eq!(read("refresh_token=t").unwrap().token.expose(), "t");
}
