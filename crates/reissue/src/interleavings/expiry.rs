//! Sessions that expire while they are refreshed. Every write to the store removes what has
//! expired.

use super::world::World;
use super::{both, exhaust};
use crate::Denial;

#[test]
fn a_session_that_is_refreshed_in_time_outlives_the_sweep() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        world.pass(900);
        let other = world.login().unwrap();
        let (second, newcomer) = both(
            world.job(&first, |world, first| world.refresh(first)),
            world.job(&other, |world, other| {
                world.pass(100);
                // This write finds the timer of the first session due.
                world.refresh(other).unwrap()
            }),
        );
        match second {
            Ok(second) => world.assert_at(1, &second),
            Err(Denial::SessionMissing | Denial::TokenExpired) => {
                assert_eq!(world.record(&first), None);
                assert_eq!(world.sessions(), 1);
            }
            Err(other) => panic!("{other:?}"),
        }
        world.assert_at(1, &newcomer);
    });
}
