//! Forms as clients write them (RFC 6749 appendix B).

use std::fmt::Write as _;

/// Adds a parameter.
pub(crate) fn push(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.push_str(name);
    form.push('=');
    encode(form, value);
}

/// Adds a value in `application/x-www-form-urlencoded`.
pub(crate) fn encode(form: &mut String, value: &str) {
    // Tokens and ids need no encoding, mostly.
    if value.bytes().all(is_plain) {
        form.push_str(value);
        return;
    }
    for byte in value.bytes() {
        match byte {
            b' ' => form.push('+'),
            byte if is_plain(byte) => form.push(char::from(byte)),
            byte => write!(form, "%{byte:02X}").expect("strings take what is written to them"),
        }
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_percent_encoded() {
        let mut form = String::new();
        push(&mut form, "a", "v4.local.x-Y_z");
        push(&mut form, "b", "ä &=+");
        assert_eq!(form, "a=v4.local.x-Y_z&b=%C3%A4+%26%3D%2B");
    }
}
