//! An old token after its grace period, concurrent with a refresh with the newest token.

use super::world::World;
use super::{both, exhaust};
use crate::Denial;

#[test]
fn after_a_reuse_verdict_nothing_is_accepted() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let second = world.refresh(&first).unwrap();
        world.pass(60);
        let newest = second.clone();
        let (reused, third) = both(
            world.job(&first, move |world, stolen| {
                let reused = world.refresh(stolen);
                (reused, world.refresh(&newest))
            }),
            world.job(&second, |world, newest| world.refresh(newest)),
        );
        match reused {
            (Err(Denial::TokenReused), afterwards) => {
                assert_eq!(afterwards, Err(Denial::SessionMissing));
                world.assert_over(&[&first, &second]);
                if let Ok(third) = third {
                    world.assert_over(&[&third]);
                }
            }
            other => panic!("{other:?}"),
        }
    });
}
