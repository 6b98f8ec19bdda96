use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::KeyError;

/// One block of a PEM file.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// Returns the first private key of the file. Blocks before it, like the `EC PARAMETERS` of
/// OpenSSL, are skipped, and white space is ignored (RFC 7468 §2 and §3, the lax form), because
/// keys are often in environment variables and indented configuration files.
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

/// Writes a key as PEM (RFC 7468 §2), in lines of 64 characters.
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let lines = der.len().div_ceil(BYTES_IN_LINE);
    // Allocated in full at once: growing would leave copies of the key in freed memory.
    let length = 2 * (label.len() + 17) + lines * 65;
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for line in der.chunks(BYTES_IN_LINE) {
        BASE64_STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

const BYTES_IN_LINE: usize = 48;

/// Has no cause, because a base64 error quotes the input.
fn malformed() -> KeyError {
    KeyError::malformed("a PEM text with a private key")
}
