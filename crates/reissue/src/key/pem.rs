use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::KeyError;

/// One encapsulated text of a PEM file.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// The first private key of the file. What stands before it, like the `EC PARAMETERS` that OpenSSL writes, is skipped,
/// and white space is not looked at (RFC 7468 §2 and §3, the lax form), because keys travel in environment variables
/// and indented configuration.
pub(super) fn private_key(text: &str) -> Result<Block<'_>, KeyError> {
    let mut rest = text;
    let mut found_other = false;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----").ok_or_else(malformed)?;
        if label.ends_with("PRIVATE KEY") {
            let (body, _) = after
                .split_once(&format!("-----END {label}-----"))
                .ok_or_else(malformed)?;
            return decode(label, body);
        }
        found_other = true;
        rest = after;
    }
    Err(if found_other {
        KeyError::NotPrivate
    } else {
        malformed()
    })
}

fn decode<'a>(label: &'a str, body: &str) -> Result<Block<'a>, KeyError> {
    if body.contains("Proc-Type:") {
        return Err(KeyError::LegacyEncryption);
    }
    let mut compact = Zeroizing::new(String::with_capacity(body.len()));
    compact.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    let der = BASE64_STANDARD
        .decode(compact.as_bytes())
        .map_err(|_| malformed())?;
    Ok(Block {
        label,
        der: Zeroizing::new(der),
    })
}

/// Without a cause: a base64 error quotes the input.
fn malformed() -> KeyError {
    KeyError::malformed("a PEM text with a private key")
}
