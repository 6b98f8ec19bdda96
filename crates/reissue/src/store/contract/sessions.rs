//! `sessions`, and the separation of subjects.

use std::collections::BTreeSet;

use super::Harness;
use super::fixture::{Fixture, ageless, sid, subject};
use crate::store::{Advanced, Create, Revoke, Sid, Store as _};

/// Pages of any size together hold every family, however many there are, and come to an end.
pub(super) async fn sessions_come_in_pages_that_miss_nothing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    assert_eq!(fixture.listed(10).await, [], "no session was created");

    let lowest = Sid::from_bytes([0; 16]);
    let highest = Sid::from_bytes([0xff; 16]);
    let mut expected = vec![lowest];
    expected.extend((1..=250).map(sid));
    expected.push(highest);
    for sid in expected.iter().rev() {
        fixture.given(fixture.family(*sid)).await;
    }
    for limit in [1, 7, 100, 252, 1_000] {
        let listed = fixture.listed(limit).await;
        let sids: Vec<Sid> = listed.into_iter().map(|(sid, _)| sid).collect();
        assert_eq!(sids, expected, "in pages of {limit}");
    }
}

/// Families that live from the first page to the last are listed, although others are created and
/// revoked between the pages.
pub(super) async fn pages_miss_nothing_while_others_go(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in 1..=60 {
        fixture.given(fixture.family(sid(number))).await;
    }
    let (mut listed, mut gone) = (BTreeSet::new(), BTreeSet::new());
    let (mut cursor, mut number) = (None, 100);
    loop {
        let page = fixture.store.sessions(fixture.subject, cursor, 5).await;
        let page = page.expect("the store serves");
        listed.extend(page.families.iter().map(|(sid, _)| *sid));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        let of_this_page = page.families.iter().map(|(sid, _)| *sid).take(2);
        for sid in of_this_page.collect::<Vec<_>>() {
            fixture.revoke(Revoke::One(sid)).await;
            gone.insert(sid);
        }
        // Few come, so that there is a last page.
        if number < 110 {
            fixture.given(fixture.family(sid(number))).await;
            number += 1;
        }
    }
    for sid in (1..=60).map(sid).filter(|sid| !gone.contains(sid)) {
        assert!(listed.contains(&sid), "{sid:?} is on no page");
    }
}

/// A listed record is the record that a load returns.
pub(super) async fn sessions_list_what_load_returns(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in 1..=3 {
        fixture
            .given(Create {
                details: vec![number; usize::from(number) * 40].into(),
                ..fixture.family(sid(number))
            })
            .await;
    }
    fixture.advance(fixture.rotation(sid(2), 0, 1)).await;
    fixture.advance(fixture.rotation(sid(3), 1, 1)).await;
    for (sid, listed) in fixture.listed(10).await {
        let loaded = fixture.record(sid).await;
        assert_eq!(ageless(listed), ageless(loaded));
    }
}

/// The same `sid` under two subjects is two families.
pub(super) async fn subjects_are_separate(harness: &impl Harness) {
    let alice = Fixture::new(harness).await;
    let bob = Fixture {
        store: alice.store,
        subject: subject("bob"),
    };
    bob.given(bob.family(sid(1))).await;
    bob.given(bob.family(sid(2))).await;
    let alice = Fixture {
        store: bob.store,
        subject: alice.subject,
    };
    assert_eq!(alice.load(sid(1)).await, None);
    assert_eq!(alice.sids().await, []);
    alice.given(alice.family(sid(1))).await;
    let rotated = alice.advance(alice.rotation(sid(1), 0, 1)).await;
    assert_eq!(rotated, Advanced::Done);
    assert_eq!(alice.sids().await, [sid(1)]);
    assert_eq!(alice.revoke(Revoke::One(sid(2))).await, 0);
    assert_eq!(alice.revoke(Revoke::All).await, 1);

    let bob = Fixture {
        store: alice.store,
        subject: bob.subject,
    };
    assert_eq!(bob.sids().await, [sid(1), sid(2)]);
    assert_eq!(bob.record(sid(1)).await.generation, 0);
}
