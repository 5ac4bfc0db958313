//! The world against its own truth, and the sample firm against what such a firm looks like.

use facts::Fact;
use sim::{World, WorldSpec};

mod facts_told;
mod files;
mod truth_holds;

/// A world of this many customers and days, lived to its end, with everything it delivered.
fn lived(customers: u32, days: u32, seed: u64) -> (World, Vec<Fact>) {
    let mut world = World::new(WorldSpec { customers, days, seed, ..WorldSpec::default() }).unwrap();
    let facts = world.advance(days).facts;
    (world, facts)
}

/// The same hidden lives with hardly a word about them: for questions about the truth alone.
fn lived_quietly(customers: u32, days: u32, seed: u64) -> World {
    let mut spec = WorldSpec { customers, days, seed, truth_paths: 8, ..WorldSpec::default() };
    spec.usage.login_daily = 0.0;
    spec.service.tickets_weekly = 0.0;
    let mut world = World::new(spec).unwrap();
    while !world.is_over() {
        world.advance(30);
    }
    world
}
