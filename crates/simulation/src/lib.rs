#![doc = include_str!("../README.md")]

mod beside;
mod chance;
mod clock;
mod danger;
mod flows;
mod harvest;
mod life;
mod people;
mod target;
mod world;

use history::History;

pub use beside::play_beside;

/// Lives before the last one, in which nothing fails any more.
const LIVES: u64 = 8;

/// Plays one seed to its end and gives what was seen.
pub fn play(seed: u64) -> History {
    let world = world::World::new(seed);
    life::calm_start(&world);
    for _ in 0..LIVES {
        life::dangerous(&world);
    }
    life::last(&world);
    world.log.take()
}
