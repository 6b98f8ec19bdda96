//! Concurrent logins at the session limit.

use super::world::World;
use super::{both, exhaust, sample};
use crate::Denial;
use crate::store::{SessionLimit, WhenFull};

#[test]
fn of_two_logins_at_the_limit_one_is_denied() {
    exhaust(|| {
        let world = limited(1, WhenFull::Refuse);
        match logins(&world) {
            (Ok(token), Err(denial)) | (Err(denial), Ok(token)) => {
                assert_eq!(denial, Denial::SessionLimit);
                world.assert_at(0, &token);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(world.sessions(), 1);
    });
}

#[test]
fn of_two_logins_at_the_limit_one_ends_the_other() {
    exhaust(|| {
        let world = limited(1, WhenFull::EvictOldest);
        let (one, other) = logins(&world);
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(world.sessions(), 1);
        let (left, gone) = match world.record(&one) {
            Some(_) => (one, other),
            None => (other, one),
        };
        world.assert_over(&[&gone]);
        world.assert_at(0, &left);
    });
}

#[test]
fn a_refresh_and_two_logins_never_exceed_the_limit() {
    sample(|| {
        let world = limited(2, WhenFull::EvictOldest);
        let first = world.login().unwrap();
        let (second, (one, other)) = both(
            world.job(&first, |world, first| world.refresh(first)),
            world.job(&first, |world, _| logins(world)),
        );
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(world.sessions(), 2);
        match second {
            Ok(second) if world.record(&first).is_some() => world.assert_at(1, &second),
            Ok(second) => world.assert_over(&[&second]),
            Err(denial) => {
                assert_eq!(denial, Denial::SessionMissing);
                world.assert_over(&[&first]);
            }
        }
    });
}

fn logins(world: &World) -> (Result<String, Denial>, Result<String, Denial>) {
    let login = || world.job("", |world, _| world.login());
    both(login(), login())
}

fn limited(max: u32, when_full: WhenFull) -> World {
    World::with(|server| server.with_session_limit(Some(SessionLimit { max, when_full })))
}
