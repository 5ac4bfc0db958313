//! The world as files.

use std::fs;

use sim::{World, WorldSpec};

fn written(seed: u64) -> (tempfile::TempDir, sim::Progress) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(WorldSpec { customers: 80, days: 100, seed, ..WorldSpec::default() }).unwrap();
    let mut last = None;
    let done = world.write(folder.path(), &mut |progress| last = Some(progress)).unwrap();
    assert_eq!(last, Some(done));
    (folder, done)
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let ((one, _), (two, _), (other, _)) = (written(1), written(1), written(2));
    for file in ["facts", "truth/customers", "truth/hazard", "truth/churn", "truth/effects"] {
        let bytes = |folder: &tempfile::TempDir| fs::read(folder.path().join(file).with_extension("parquet")).unwrap();
        assert!(bytes(&one) == bytes(&two), "{file}");
        assert!(bytes(&one) != bytes(&other), "{file}");
    }
}

#[test]
fn the_written_facts_are_those_that_were_delivered_each_once() {
    let (folder, done) = written(1);
    let read = facts::read_parquet(&folder.path().join("facts.parquet")).unwrap();
    assert_eq!(read.len() as u64, done.facts);
    let (_, mut delivered) = crate::lived(80, 100, 1);
    let mut seen = std::collections::BTreeSet::new();
    delivered.retain(|fact| seen.insert((fact.source.clone(), fact.message_id.clone())));
    for (place, (stored, fact)) in read.iter().zip(&delivered).enumerate() {
        assert_eq!(&stored.fact, fact);
        assert_eq!((stored.number, stored.recorded_at), (place as u64 + 1, stored.known_at()));
    }
    assert_eq!(read.len(), delivered.len());
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "in the way").unwrap();
    let mut world = World::new(WorldSpec { customers: 1, days: 1, ..WorldSpec::default() }).unwrap();
    let error = world.write(&blocked, &mut |_| ()).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}
