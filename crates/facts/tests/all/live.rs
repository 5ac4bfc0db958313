//! The live path under pressure: many callers, a full disk, a log that outgrows its drain.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use facts::{FactBatch, Facts, Options};

use crate::record::{at, batch, every, login, open, order};

#[test]
fn the_same_batch_sent_a_thousand_times_by_eight_clients_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(dir.path()));
    let (appended, duplicates) = (AtomicU64::new(0), AtomicU64::new(0));
    let sent: FactBatch = batch((0..20).map(|n| order(&format!("o{n}"), "A", n, 5)).collect());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for turn in 0..125 {
                    let report = facts.append(sent.clone(), at(turn)).unwrap();
                    assert_eq!((report.received, report.conflicts), (20, 0));
                    appended.fetch_add(report.appended, Ordering::SeqCst);
                    duplicates.fetch_add(report.duplicates, Ordering::SeqCst);
                }
            });
        }
        scope.spawn(|| (0..4).for_each(|_| assert!(facts.drain().is_ok())));
    });
    assert_eq!((appended.into_inner(), duplicates.into_inner()), (20, 999 * 20));
    assert_eq!(every(&facts).len(), 20);
    drop(facts);
    assert_eq!(every(&open(dir.path())).len(), 20);
}

#[test]
fn callers_who_meet_share_ids_whatever_order_they_come_in() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(dir.path()));
    // Every id is sent by each of four callers with content of its own: one is kept, three are conflicts.
    let totals: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                let facts = facts.clone();
                scope.spawn(move || {
                    let reports = (0..50).map(|n| {
                        let mine = (0..4).map(|part| order(&format!("o{}", n * 4 + part), "A", n, caller));
                        facts.append(batch(mine.collect()), at(n)).unwrap()
                    });
                    reports.fold((0, 0), |sum, one| (sum.0 + one.appended, sum.1 + one.conflicts))
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let sum = totals.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!(sum, (200, 600));
    assert_eq!(every(&facts).len(), 200);
}

#[test]
fn what_came_a_moment_ago_is_known_before_and_after_its_ids_are_taken_in_here_and_in_the_next_process() {
    // Few go in one by one, many as a finished table.
    for count in [3, 2_500] {
        let dir = tempfile::tempdir().unwrap();
        let sent = || batch((0..count).map(|n| order(&format!("o{n}"), "A", n, 5)).collect());
        let again = |facts: &Facts| {
            let report = facts.append(sent(), at(9_000)).unwrap();
            assert_eq!((report.appended, report.duplicates), (0, count as u64), "{count}");
            let other = facts.append(batch(vec![order("o1", "A", 1, 6)]), at(9_001)).unwrap();
            assert_eq!((other.appended, other.conflicts), (0, 1), "{count}");
        };
        let facts = open(dir.path());
        assert_eq!(facts.append(sent(), at(8_000)).unwrap().appended, count as u64);
        again(&facts);
        drop(facts);
        let facts = open(dir.path());
        again(&facts);
        facts.drain().unwrap();
        again(&facts);
        drop(facts);
        let facts = open(dir.path());
        again(&facts);
        assert_eq!(every(&facts).len() as u64, count as u64);
    }
}

fn bulky(turn: usize) -> FactBatch {
    let fact = |n: usize| {
        let mut fact = login(&format!("{turn}-{n}"), &format!("customer {n}"), (turn * 100 + n) as i64);
        fact.text = Some("说".repeat(5_000));
        fact
    };
    batch((0..100).map(fact).collect())
}

#[test]
fn what_comes_in_faster_than_it_is_moved_on_is_asked_to_wait_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut taken = 0;
    let busy = loop {
        match facts.append(bulky(taken), at(0)) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 1_000, "memory is bounded");
    };
    assert!(busy.is_busy() && !busy.is_stopped(), "{busy:?}");
    assert!(facts.is_drain_due());
    facts.drain().unwrap();
    assert!(!facts.is_drain_due());
    facts.append(bulky(taken), at(1)).unwrap();
    assert_eq!(facts.append(bulky(0), at(1)).unwrap().duplicates, 100);
    assert_eq!(facts.drain().unwrap().facts, 100);
    let mut count = 0;
    facts.as_of(vocab::AsOf(at(1_000_000))).each(&mut |_| count += 1).unwrap();
    assert_eq!(count, (taken + 1) * 100);
}

#[test]
fn live_facts_come_in_while_history_is_loaded_and_no_id_is_taken_twice() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let history = || batch((0..4_000).map(|n| order(&format!("h{n}"), &format!("c{n}"), n * 600, 1)).collect());
    let (loaded, told) = std::thread::scope(|scope| {
        let loading = scope.spawn(|| (0..3).map(|n| facts.load(history(), at(n)).unwrap().appended).sum::<u64>());
        let mut told = 0;
        for n in 0..60 {
            let mut came = vec![login(&format!("l{n}"), "A", n)];
            came.push(order(&format!("h{}", n * 50), &format!("c{}", n * 50), n * 50 * 600, 1));
            // While the same facts are being loaded it is asked to come again.
            let report = loop {
                match facts.append(batch(came.clone()), at(n)) {
                    Ok(report) => break report,
                    Err(busy) => assert!(busy.is_busy(), "{busy:?}"),
                }
            };
            assert_eq!((report.received, report.conflicts), (2, 0));
            told += report.appended;
        }
        (loading.join().unwrap(), told)
    });
    assert_eq!(loaded + told, 4_060);
    assert_eq!(every(&facts).len(), 4_060);
    facts.drain().unwrap();
    drop(facts);
    assert_eq!(every(&open(dir.path())).len(), 4_060);
}

/// A file system of its own, as small as it is told; none where the system does not allow it.
struct SmallDisk(PathBuf, #[allow(dead_code)] tempfile::TempDir);

impl SmallDisk {
    fn new(options: &str) -> Option<SmallDisk> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "liuke-test"]).arg(dir.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(SmallDisk(dir.path().to_owned(), dir)),
            _ => {
                println!("skipped: this system does not let a test mount a small disk");
                None
            }
        }
    }

    fn change(&self, options: &str) {
        let changed = Command::new("mount").args(["-o", options]).arg(&self.0).status().unwrap();
        assert!(changed.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn open_with_reserve(dir: &Path, disk_reserve: u64) -> Facts {
    Facts::open(dir, Options { disk_reserve: Some(disk_reserve), ..Options::default() }).unwrap()
}

#[test]
fn a_full_disk_refuses_clearly_loses_nothing_and_is_recovered_from_without_a_restart() {
    let Some(disk) = SmallDisk::new("size=24m") else { return };
    let folder = disk.0.join("data");
    let facts = open_with_reserve(&folder, 0);
    let ballast = disk.0.join("ballast");
    std::fs::write(&ballast, vec![7; 12 << 20]).unwrap();
    let mut taken = 0;
    let refused = loop {
        match facts.append(bulky(taken), at(0)) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 100, "the disk is smaller than that");
    };
    assert!(refused.is_retryable() && refused.to_string().contains("intake log"), "{refused:?}");
    assert_eq!(every(&facts).len(), taken * 100, "what was acknowledged is in every view");
    // Opening the log anew frees what was written in vain, so that now and then a batch still fits.
    for _ in 0..8 {
        match facts.append(bulky(taken), at(0)) {
            Ok(_) => taken += 1,
            Err(again) => assert!(again.is_retryable() || again.is_busy(), "{again:?}"),
        }
        let _ = facts.drain();
        let kept = every(&facts).len();
        assert!(kept == taken * 100 || kept == (taken + 1) * 100, "{kept} of {taken} batches");
    }
    std::fs::remove_file(&ballast).unwrap();
    let after = facts.append(bulky(taken), at(1)).unwrap();
    assert_eq!(after.appended + after.duplicates, 100);
    facts.drain().unwrap();
    assert_eq!(every(&facts).len(), (taken + 1) * 100);
    drop(facts);
    assert_eq!(every(&open_with_reserve(&folder, 0)).len(), (taken + 1) * 100);
}

#[test]
fn a_disk_that_is_nearly_full_is_told_before_anything_breaks() {
    let Some(disk) = SmallDisk::new("size=24m") else { return };
    let facts = open_with_reserve(&disk.0.join("data"), 8 << 20);
    facts.append(bulky(0), at(0)).unwrap();
    let ballast = disk.0.join("ballast");
    std::fs::write(&ballast, vec![7; 16 << 20]).unwrap();
    let refused = facts.append(bulky(1), at(0)).unwrap_err();
    assert!(refused.is_busy() && refused.to_string().contains("disk"), "{refused:?}");
    facts.drain().unwrap();
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(facts.append(bulky(1), at(1)).unwrap().appended, 100);
}

#[test]
fn a_read_only_folder_is_refused_and_served_once_it_can_be_written() {
    let Some(disk) = SmallDisk::new("size=64m") else { return };
    let folder = disk.0.join("data");
    open_with_reserve(&folder, 0).append(batch(vec![login("a", "A", 1)]), at(5)).unwrap();
    disk.change("remount,ro");
    let refused = Facts::open(&folder, Options::default()).err().unwrap();
    assert!(refused.is_retryable() && !refused.is_locked(), "{refused:?}");
    disk.change("remount,rw");
    assert_eq!(every(&open_with_reserve(&folder, 0)).len(), 1);
}
