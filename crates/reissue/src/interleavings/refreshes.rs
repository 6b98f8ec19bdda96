//! Concurrent refreshes, and refreshes concurrent with changes of the grant.

use shuttle::future::block_on;
use shuttle::thread;

use super::world::{SUBJECT, World, without_grace};
use super::{both, exhaust, sample};
use crate::store::Revision;
use crate::{AmendOutcome, Denial, Grant};

#[test]
fn two_refreshes_with_one_token_return_one_generation() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let refresh = || world.job(&first, |world, first| world.refresh(first).unwrap());
        let (one, other) = both(refresh(), refresh());
        assert_eq!(world.generation_of(&other), 1);
        assert_eq!(world.record(&first).unwrap().conflicts, 1);
        world.assert_at(1, &one);
    });
}

#[test]
fn many_refreshes_with_one_token_return_one_generation() {
    sample(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let successors = at_once(4, &world, &first);
        for successor in &successors {
            let successor = successor.as_ref().unwrap();
            assert_eq!(world.generation_of(successor), 1);
        }
        assert_eq!(world.record(&first).unwrap().conflicts, 3);
        world.assert_at(1, successors[0].as_ref().unwrap());
    });
}

#[test]
fn without_grace_exactly_one_of_many_refreshes_succeeds() {
    sample(|| {
        let world = World::with(|server| server.with_policy(without_grace()));
        let first = world.login().unwrap();
        let mut successors = Vec::new();
        for result in at_once(3, &world, &first) {
            match result {
                Ok(successor) => successors.push(successor),
                Err(Denial::TokenReused | Denial::SessionMissing) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(successors.len(), 1);
        world.assert_over(&[&first, &successors[0]]);
    });
}

#[test]
fn a_retry_that_meets_the_next_refresh_forks_nothing() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let second = world.refresh(&first).unwrap();
        let (retried, third) = both(
            world.job(&first, |world, first| world.refresh(first)),
            world.job(&second, |world, second| world.refresh(second).unwrap()),
        );
        let retried = world.generation_of(&retried.unwrap());
        assert!(retried == 1 || retried == 2, "{retried}");
        world.assert_at(2, &third);
    });
}

#[test]
fn a_change_that_meets_a_refresh_is_before_or_after_it() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let (amended, second) = both(
            world.job(&first, |world, first| {
                let sid = world.sid_of(first);
                let label = |grant: &mut Grant| grant.label = Some("phone".to_owned());
                block_on(world.server.amend_session(SUBJECT, sid, label)).unwrap()
            }),
            world.job(&first, |world, first| world.refresh(first).unwrap()),
        );
        assert_eq!(amended, AmendOutcome::Done);
        assert_ne!(world.record(&first).unwrap().revision, Revision::ORIGINAL);
        world.assert_at(1, &second);
    });
}

/// So many refreshes with one token.
fn at_once(count: usize, world: &World, token: &str) -> Vec<Result<String, Denial>> {
    let threads: Vec<_> = (0..count)
        .map(|_| thread::spawn(world.job(token, |world, token| world.refresh(token))))
        .collect();
    let threads = threads.into_iter();
    threads.map(|thread| thread.join().unwrap()).collect()
}
