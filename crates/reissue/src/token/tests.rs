//! Shared by the tests of the formats.

/// Every other way to write a token that a lax reader might take for the same: each character replaced by its
/// neighbours in the alphabet and by the other case, padding, suffixes, prefixes, white space, parts added and lost.
pub(super) fn respellings(token: &str) -> Vec<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut all = Vec::new();
    for (at, was) in token.char_indices() {
        // The last character of a part may carry bits that mean nothing: try them all there, a few elsewhere.
        let ends_part = token[at + 1..]
            .chars()
            .next()
            .is_none_or(|next| next == '.');
        let flipped = if was.is_ascii_uppercase() {
            was.to_ascii_lowercase()
        } else {
            was.to_ascii_uppercase()
        };
        let replacements = ALPHABET
            .chars()
            .filter(|_| ends_part)
            .chain([flipped, 'A', 'B', '.', '=', '+', '/', ' ', 'é']);
        for now in replacements.filter(|now| *now != was) {
            all.push(format!("{}{now}{}", &token[..at], &token[at + 1..]));
        }
        all.push(format!("{}{}", &token[..at], &token[at + 1..]));
    }
    for affix in [
        "=", "==", ".", "..", "A", "AA", "AAAA", " ", "\n", "\0", ".e30", ".AAAA",
    ] {
        all.push(format!("{token}{affix}"));
        all.push(format!("{affix}{token}"));
        all.push(token.replace('.', &format!("{affix}.")));
        all.push(token.replace('.', &format!(".{affix}")));
    }
    all.push(token.to_ascii_uppercase());
    all.push(token.to_ascii_lowercase());
    all.retain(|other| other != token);
    all
}
