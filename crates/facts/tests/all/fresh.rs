//! The newest ids under kills: a process that is killed while they become finished tables knows each of them once, and so
//! does whoever opens the folder after it.
//!
//! Five kills in the ordinary suite; `LIUKE_KILLS=100` for more.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use facts::{FactBatch, Facts};
use vocab::AsOf;

use crate::record::{at, batch, login, open};

const VICTIM: &str = "FACTS_TEST_FRESH_FOLDER";
const ROUND: &str = "FACTS_TEST_FRESH_ROUND";
const CALLERS: u64 = 3;
/// A drain that takes a few of these takes enough ids for a finished table.
const FACTS_SENT: u64 = 700;

fn kills() -> u64 {
    std::env::var("LIUKE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5)
}

fn sent(round: u64, caller: u64, turn: u64) -> FactBatch {
    batch((0..FACTS_SENT).map(|n| login(&format!("{round}-{caller}-{turn}-{n}"), "A", turn as i64)).collect())
}

/// What became of a batch: facts that are new, facts that were known.
fn came(facts: &Facts, batch: FactBatch) -> (u64, u64) {
    loop {
        match facts.append(batch.clone(), at(10)) {
            Ok(report) => {
                assert_eq!(report.conflicts, 0);
                return (report.appended, report.duplicates);
            }
            Err(busy) => assert!(busy.is_busy(), "{busy:?}"),
        }
    }
}

/// Not a test of its own: the process that is killed. It says on its standard output what was acknowledged.
#[test]
fn fresh_victim() {
    let (Ok(dir), Ok(round)) = (std::env::var(VICTIM), std::env::var(ROUND)) else { return };
    let (facts, round) = (open(Path::new(&dir)), round.parse::<u64>().unwrap());
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            let facts = &facts;
            scope.spawn(move || {
                for turn in 0u64.. {
                    assert_eq!(came(facts, sent(round, caller, turn)), (FACTS_SENT, 0));
                    // One line at once: threads must not mix theirs.
                    print!("{}", format_args!("sent {caller} {turn}\n"));
                }
            });
        }
        scope.spawn(|| {
            for _ in 0u64.. {
                facts.drain().unwrap();
            }
        });
    });
}

/// Lets a process work until it has acknowledged so many batches, and kills it; the last one of each caller.
fn killed_after(dir: &Path, round: u64, acknowledged: u64) -> BTreeMap<u64, u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fresh::fresh_victim", "--nocapture"])
        .envs([(VICTIM, dir.as_os_str().to_owned()), (ROUND, round.to_string().into())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (mut told, mut line) = (String::new(), String::new());
    let mut heard = 0;
    while heard < acknowledged && output.read_line(&mut line).unwrap() > 0 {
        heard += u64::from(line.starts_with("sent "));
        told.push_str(&std::mem::take(&mut line));
    }
    child.kill().unwrap();
    output.read_to_string(&mut told).unwrap();
    child.wait().unwrap();
    let mut last = BTreeMap::new();
    // The last line of a killed process may be cut.
    for line in told.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let words: Vec<&str> = line.trim().rsplit(' ').take(2).collect();
        if let (true, [turn, caller]) = (line.contains("sent "), &words[..]) {
            last.insert(caller.parse().unwrap(), turn.parse().unwrap());
        }
    }
    last
}

#[test]
fn a_process_killed_while_its_newest_ids_become_a_table_knows_each_of_them_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut total, mut acknowledged) = (0, 0);
    for round in 0..kills() {
        // Moments spread over a process's life: it drains all the time.
        let last = killed_after(dir.path(), round, 2 + round * 7 % 13);
        let facts = open(dir.path());
        for (caller, last) in &last {
            for turn in 0..=*last {
                acknowledged += 1;
                let again = came(&facts, sent(round, *caller, turn));
                assert_eq!(again, (0, FACTS_SENT), "acknowledged and not known: {round}-{caller}-{turn}");
            }
        }
        for caller in 0..CALLERS {
            // What was on its way is there whole or not at all; from here on it is there.
            let next = last.get(&caller).map_or(0, |last| last + 1);
            let (new, known) = came(&facts, sent(round, caller, next));
            assert!(
                [(FACTS_SENT, 0), (0, FACTS_SENT)].contains(&(new, known)),
                "{new} new and {known} known of a batch"
            );
            total += (next + 1) * FACTS_SENT;
        }
        if round % 2 == 0 {
            facts.drain().unwrap();
            let again = came(&facts, sent(round, 0, 0));
            assert_eq!(again, (0, FACTS_SENT), "not known after the drain");
        }
    }
    let mut ids = HashSet::new();
    let view = open(dir.path()).as_of(AsOf(at(1_000_000_000)));
    view.each(&mut |stored| assert!(ids.insert(stored.fact.message_id.to_string()), "{} is doubled", stored.number))
        .unwrap();
    assert_eq!(ids.len() as u64, total);
    println!("proof: {} kills among drains, {acknowledged} batches answered, {total} facts, each once", kills());
}
