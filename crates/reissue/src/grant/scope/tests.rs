use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{InvalidScope, Scope};

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

#[test]
fn order_and_duplicates_do_not_matter() {
    assert_eq!(scope("write read read"), scope("read write"));
    assert_eq!(scope("b a").as_str(), "a b");
}

#[test]
fn letter_case_matters() {
    assert!(!scope("read").contains_all(&scope("Read")));
}

#[test]
fn a_prefix_is_not_a_member() {
    assert!(!scope("read:all").contains_all(&scope("read")));
    assert!(!scope("read").contains("rea"));
}

#[test]
fn everything_contains_nothing() {
    assert!(Scope::empty().contains_all(&Scope::empty()));
    assert!(!Scope::empty().contains_all(&scope("a")));
    assert_eq!(Scope::empty().iter().count(), 0);
}

#[test]
fn spaces_at_the_wrong_places_are_rejected() {
    for text in [" ", " a", "a ", "a  b", "a\tb", "a\nb", "a\u{a0}b"] {
        assert_eq!(text.parse::<Scope>(), Err(InvalidScope), "{text:?}");
    }
}

#[test]
fn characters_outside_the_grammar_are_rejected() {
    for text in ["\"", "\\", "a\"b", "é", "\u{7f}", "a\0"] {
        assert_eq!(text.parse::<Scope>(), Err(InvalidScope), "{text:?}");
    }
}

proptest! {
    #[test]
    fn behaves_like_a_set(a in tokens(), b in tokens()) {
        let (left, right) = (scope(&text(&a)), scope(&text(&b)));
        prop_assert_eq!(left.contains_all(&right), b.is_subset(&a));
        prop_assert_eq!(
            left.intersection(&right),
            scope(&text(&a.intersection(&b).cloned().collect()))
        );
        prop_assert_eq!(left.iter().map(str::to_owned).collect::<BTreeSet<_>>(), a);
    }

    #[test]
    fn reading_what_was_written_changes_nothing(text in "\\PC{0,40}") {
        if let Ok(scope) = text.parse::<Scope>() {
            prop_assert_eq!(scope.as_str().parse::<Scope>().unwrap(), scope);
        }
    }
}

fn tokens() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set("[a-c!:]{1,2}", 0..6)
}

fn text(tokens: &BTreeSet<String>) -> String {
    // The largest first: the parser has to sort.
    tokens.iter().rev().cloned().collect::<Vec<_>>().join(" ")
}
