use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const TTL: Duration = Duration::from_millis(1);

fn keys() -> KeyRing<SymmetricKey> {
    KeyRing::new(SymmetricKey::generate().unwrap())
}

#[test]
fn it_opens_what_it_has_sealed_until_it_ends() {
    let sealer = Sealer::new(keys(), "code", "https://id.example");
    let text = sealer.seal("content", NOW, TTL).unwrap();
    let opened: Option<String> = sealer.open(&text, NOW);
    assert_eq!(opened.as_deref(), Some("content"));
    assert_eq!(sealer.open::<String>(&text, NOW + TTL), None);
    assert_ne!(sealer.seal("content", NOW, TTL).unwrap(), text);
}

#[test]
fn another_node_and_a_later_key_open_it_too() {
    let old = SymmetricKey::generate().unwrap();
    let sealer = Sealer::new(KeyRing::new(old.clone()), "code", "i");
    let text = sealer.seal("content", NOW, TTL).unwrap();
    let rotated = KeyRing::new(SymmetricKey::generate().unwrap()).with_retired(old);
    let other = Sealer::new(rotated.unwrap(), "code", "i");
    assert!(other.open::<String>(&text, NOW).is_some());
}

#[test]
fn nothing_else_opens() {
    let keys = keys();
    let sealer = Sealer::new(keys.clone(), "code", "i");
    let text = sealer.seal("content", NOW, TTL).unwrap();
    for other in [
        Sealer::new(keys.clone(), "request", "i"),
        Sealer::new(keys.clone(), "code", "j"),
        Sealer::new(self::keys(), "code", "i"),
    ] {
        assert_eq!(other.open::<String>(&text, NOW), None);
    }
    for text in [&text[1..], &format!("{text}A"), "", "v4.local."] {
        assert_eq!(sealer.open::<String>(text, NOW), None);
    }
}

#[test]
fn what_is_too_much_is_not_sealed() {
    let sealer = Sealer::new(keys(), "code", "i");
    assert!(matches!(
        sealer.seal("x".repeat(16 * 1024), NOW, TTL),
        Err(IssueError::TooLong)
    ));
}
