use std::net::IpAddr;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn here() -> Peer {
    at(1)
}

fn at(host: u32) -> Peer {
    Peer::from(IpAddr::from((0x0a00_0000 + host).to_be_bytes()))
}

/// How many guesses are let through before one has to wait.
fn spent(guesses: &Guesses, now: Instant, mut next: impl FnMut(u32) -> (String, Peer)) -> u32 {
    (0..)
        .find(|turn| {
            let (name, peer) = next(*turn);
            guesses.take(&name, peer, now).is_err()
        })
        .unwrap()
}

fn alice(_: u32) -> (String, Peer) {
    ("alice".to_owned(), here())
}

#[test]
fn a_guesser_waits_and_may_guess_once_more_each_time() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    assert_eq!(spent(&guesses, now, alice), 10);
    assert_eq!(guesses.take("alice", here(), now).unwrap_err(), MINUTE);
    let later = now + MINUTE;
    assert_eq!(spent(&guesses, later, alice), 1);
    assert_eq!(spent(&guesses, now + 20 * MINUTE, alice), 10);
}

#[test]
fn waiting_guesses_do_not_make_the_wait_longer() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    spent(&guesses, now, alice);
    for _ in 0..1_000 {
        assert!(guesses.take("alice", here(), now).is_err());
    }
    assert!(guesses.take("alice", here(), now + MINUTE).is_ok());
}

#[test]
fn a_guesser_elsewhere_does_not_keep_the_user_out() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    spent(&guesses, now, alice);
    assert!(guesses.take("alice", at(2), now).is_ok());
    assert!(guesses.take("bob", here(), now).is_ok());
}

#[test]
fn guesses_at_one_account_from_everywhere_are_bounded() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    let anywhere = |turn| ("alice".to_owned(), at(turn));
    assert_eq!(spent(&guesses, now, anywhere), 100);
    assert!(guesses.take("alice", at(1_000), now + MINUTE).is_ok());
}

#[test]
fn guesses_at_all_accounts_from_one_address_are_bounded() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    let anybody = |turn: u32| (turn.to_string(), here());
    assert_eq!(spent(&guesses, now, anybody), 100);
    assert!(guesses.take("alice", at(2), now).is_ok());
}

#[test]
fn a_guess_that_is_given_back_has_not_counted() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    for _ in 0..1_000 {
        let right = guesses.take("alice", here(), now).unwrap();
        guesses.give_back(right);
    }
    assert_eq!(spent(&guesses, now, alice), 10);
}

#[test]
fn there_is_a_bound_on_what_is_remembered_and_the_worst_is_kept() {
    let (guesses, now) = (Guesses::new(10, MINUTE), Instant::now());
    spent(&guesses, now, alice);
    for turn in 0..40_000 {
        let guess = guesses.take(&turn.to_string(), at(turn + 2), now);
        assert!(guess.is_ok(), "{turn}");
    }
    assert!(guesses.lock().len() <= ROOM);
    assert!(guesses.take("alice", here(), now).is_err());
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let (guesses, now) = (Guesses::new(0, MINUTE), Instant::now());
    for _ in 0..1_000 {
        assert!(guesses.take("alice", here(), now).is_ok());
    }
    assert!(guesses.lock().is_empty());
}
