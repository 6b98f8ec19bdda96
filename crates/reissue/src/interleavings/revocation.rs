//! Revocations concurrent with refreshes: refreshes before may succeed, and nothing is accepted
//! after.

use super::world::World;
use super::{both, exhaust};
use crate::Denial;

#[test]
fn nothing_is_accepted_once_a_revocation_is_confirmed() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let (second, afterwards) = both(
            world.job(&first, |world, first| world.refresh(first)),
            world.job(&first, |world, first| {
                world.revoke(first);
                world.refresh(first)
            }),
        );
        assert_eq!(afterwards, Err(Denial::SessionMissing));
        match second {
            Ok(second) => world.assert_over(&[&first, &second]),
            Err(denial) => {
                assert_eq!(denial, Denial::SessionMissing);
                world.assert_over(&[&first]);
            }
        }
    });
}

#[test]
fn nothing_is_accepted_once_all_sessions_are_revoked() {
    exhaust(|| {
        let world = World::new();
        let tokens = [world.login().unwrap(), world.login().unwrap()];
        let (second, revoked) = both(
            world.job(&tokens[0], |world, token| world.refresh(token)),
            world.job(&tokens[0], |world, _| world.revoke_all(None)),
        );
        assert_eq!(revoked, 2);
        if let Ok(second) = second {
            world.assert_over(&[&second]);
        }
        world.assert_over(&[&tokens[0], &tokens[1]]);
    });
}

#[test]
fn a_session_that_is_spared_is_refreshed_all_the_same() {
    exhaust(|| {
        let world = World::new();
        let (spared, ended) = (world.login().unwrap(), world.login().unwrap());
        let (second, revoked) = both(
            world.job(&spared, |world, spared| world.refresh(spared).unwrap()),
            world.job(&spared, |world, spared| {
                world.revoke_all(Some(world.sid_of(spared)))
            }),
        );
        assert_eq!(revoked, 1);
        world.assert_over(&[&ended]);
        world.assert_at(1, &second);
    });
}
