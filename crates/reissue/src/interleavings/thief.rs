//! Two holders of copies: a thief who refreshes faster than grace, and the client.

use shuttle::thread;

use super::sample;
use super::world::World;
use crate::Denial;

#[test]
fn a_thief_who_refreshes_faster_than_grace_is_noticed() {
    sample(|| {
        let world = World::new();
        let first = world.login().unwrap();
        // The thief has copied the first token, and is the first to use it.
        let stolen = world.refresh(&first).unwrap();
        let superseded_at = world.now();

        let thief = thread::spawn(world.job(&stolen, |world, stolen| {
            let mut newest = stolen.to_owned();
            for _ in 0..3 {
                world.pass(25);
                match world.refresh(&newest) {
                    Ok(next) => newest = next,
                    Err(denial) => {
                        assert!(ended(&denial), "{denial:?}");
                        break;
                    }
                }
            }
            newest
        }));
        let client = thread::spawn(world.job(&first, move |world, first| {
            for _ in 0..3 {
                let age = world.now() - superseded_at;
                let presented = world.refresh(first);
                if age >= GRACE {
                    assert!(ended(&presented.unwrap_err()), "after {age} s");
                }
            }
        }));
        let newest = thief.join().unwrap();
        client.join().unwrap();

        // However far the thief has come by now, the client's token ends it.
        world.pass(GRACE);
        assert!(ended(&world.refresh(&first).unwrap_err()));
        world.assert_over(&[&first, &stolen, &newest]);
    });
}

fn ended(denial: &Denial) -> bool {
    matches!(denial, Denial::TokenReused | Denial::SessionMissing)
}

const GRACE: u64 = 60;
