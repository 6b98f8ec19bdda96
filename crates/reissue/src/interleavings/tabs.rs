//! Tabs of one browser that share the storage of their token, and refresh without a lock.

use std::sync::{Arc, Mutex};

use shuttle::thread;

use super::sample;
use super::world::World;

#[test]
fn tabs_that_share_a_token_are_never_logged_out() {
    sample(|| {
        let world = World::new();
        // A lock of the standard library: the browser's storage is not what is interleaved.
        let storage = Arc::new(Mutex::new(world.login().unwrap()));
        let tabs: Vec<_> = (0..3)
            .map(|_| {
                let (world, storage) = (world.clone(), storage.clone());
                thread::spawn(move || {
                    for _ in 0..2 {
                        let token = storage.lock().unwrap().clone();
                        let next = world.refresh(&token).unwrap();
                        *storage.lock().unwrap() = next;
                    }
                })
            })
            .collect();
        for tab in tabs {
            tab.join().unwrap();
        }
        let left = storage.lock().unwrap().clone();
        let newest = world.refresh(&left).unwrap();
        world.assert_at(world.generation_of(&newest), &newest);
    });
}
