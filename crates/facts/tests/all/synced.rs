//! A kill does not test syncs: what a loss of power would leave is worked out from what the process asked of the system.
//!
//! A process works under `strace`, which writes down every write, sync, rename and removal in their order, the
//! acknowledgements on its standard output among them. From that follows which bytes had been synced when; a copy of the
//! folder cut back to them must hold all that was acknowledged, once, and nothing that was never sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use facts::FactBatch;

use crate::record::{at, batch, every, login, open};

const VICTIM: &str = "FACTS_TEST_SYNCED_FOLDER";
const CALLS: &str = "write,pwrite64,writev,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat,\
                     ftruncate,link,linkat";

/// Batches that are so large that a drain takes their ids in as a finished table, and how many there are.
const LARGE: i64 = 8;

fn large(turn: i64) -> FactBatch {
    batch((0..900).map(|n| login(&format!("large-{turn}-{n}"), "B", n)).collect())
}

/// Not a test of its own: the process that is watched. Several threads append, one drains and merges.
#[test]
fn synced_victim() {
    let Ok(dir) = std::env::var(VICTIM) else { return };
    let facts = open(Path::new(&dir));
    std::thread::scope(|scope| {
        for caller in 0..3 {
            let facts = &facts;
            scope.spawn(move || {
                for turn in 0..12i64 {
                    let id = id_of(caller, turn);
                    facts.append(batch(vec![login(&id, "A", turn * 86_400 * 7)]), at(turn)).unwrap();
                    // One line at once: threads must not mix theirs.
                    print!("{}", format_args!("ack {id}\n"));
                }
            });
        }
        scope.spawn(|| (0..LARGE).for_each(|turn| drop(facts.append(large(turn), at(turn)).unwrap())));
        scope.spawn(|| {
            for turn in 0..4 {
                facts.drain().unwrap();
                facts.compact(at(turn)).unwrap();
            }
        });
    });
    println!("all done");
}

/// An id that is found again in what is written: no part of it occurs anywhere else.
fn id_of(caller: u64, turn: i64) -> String {
    let mixed = (caller * 1_000 + turn as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{:016x}", mixed ^ (mixed >> 29))
}

/// A file as the system was asked to write it.
#[derive(Clone, Default)]
struct Written {
    length: u64,
    /// How much of it had been written when its last finished sync began.
    synced: u64,
}

/// What the process has asked of the system so far.
#[derive(Default)]
struct Traced {
    files: BTreeMap<PathBuf, Written>,
    /// Lengths at the beginning of syncs that have not ended, by thread.
    syncing: BTreeMap<String, (PathBuf, u64)>,
    unfinished: BTreeMap<String, String>,
    /// Where in which file the bytes of each id end.
    ends: BTreeMap<String, (PathBuf, u64)>,
    acknowledged: Vec<String>,
    /// Acknowledged although no sync of its bytes had finished.
    too_early: Vec<String>,
}

impl Traced {
    /// Takes a line of the trace: `PID call(args) = result`, or one of its halves.
    fn take(&mut self, line: &str) {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else { return };
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
            self.begin(thread, begun);
            self.unfinished.insert(thread.to_owned(), begun.trim_end().to_owned());
        } else if let Some((_, end)) = rest.split_once(" resumed>") {
            if let Some(begun) = self.unfinished.remove(thread) {
                self.end(thread, &format!("{begun}{end}"));
            }
        } else {
            self.begin(thread, rest);
            self.end(thread, rest);
        }
    }

    fn begin(&mut self, thread: &str, call: &str) {
        if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            if let Some(path) = path_of(call) {
                let length = self.files.entry(path.clone()).or_default().length;
                self.syncing.insert(thread.to_owned(), (path, length));
            }
        } else if call.starts_with("write(1<")
            && let Some(id) = call.split('"').nth(1).and_then(|text| text.strip_prefix("ack "))
        {
            let id = id.trim_end_matches("\\n").to_owned();
            let is_synced = self.ends.get(&id).is_some_and(|(path, end)| self.files[path].synced >= *end);
            if !is_synced {
                self.too_early.push(id.clone());
            }
            self.acknowledged.push(id);
        }
    }

    fn end(&mut self, thread: &str, call: &str) {
        let Some(result) =
            call.rsplit_once(" = ").and_then(|(_, result)| result.split(' ').next()?.parse::<i64>().ok())
        else {
            return;
        };
        let name = call.split('(').next().unwrap_or_default();
        match name {
            "fsync" | "fdatasync" => {
                if let Some((path, length)) = self.syncing.remove(thread).filter(|_| result == 0) {
                    let file = self.files.entry(path).or_default();
                    file.synced = file.synced.max(length);
                }
            }
            "write" | "writev" if result > 0 => {
                if let Some(path) = path_of(call) {
                    let file = self.files.entry(path.clone()).or_default();
                    file.length += result as u64;
                    if path.extension().is_some_and(|one| one == "jnl") {
                        let end = file.length;
                        let ids = (0..3).flat_map(|caller| (0..12).map(move |turn| id_of(caller, turn)));
                        let written = ids.filter(|id| call.contains(id.as_str()));
                        self.ends.extend(written.map(|id| (id, (path.clone(), end))));
                    }
                }
            }
            "pwrite64" if result > 0 => {
                let offset =
                    call.rsplit_once(") = ").and_then(|(args, _)| args.rsplit_once(", ")?.1.parse::<u64>().ok());
                if let (Some(path), Some(offset)) = (path_of(call), offset) {
                    let file = self.files.entry(path).or_default();
                    file.length = file.length.max(offset + result as u64);
                }
            }
            "rename" | "renameat" | "renameat2" | "link" | "linkat" if result == 0 => self.move_name(call),
            _ => {}
        }
    }

    fn move_name(&mut self, call: &str) {
        let names: Vec<PathBuf> = call.split('"').skip(1).step_by(2).map(PathBuf::from).collect();
        if let [from, to] = &names[..]
            && let Some(file) = self.files.get(from).cloned()
        {
            self.files.insert(to.clone(), file);
        }
    }
}

/// The path that `-y` shows behind a file descriptor.
fn path_of(call: &str) -> Option<PathBuf> {
    let (_, rest) = call.split_once('<')?;
    Some(PathBuf::from(rest.split_once('>')?.0))
}

/// Copies the folder as a loss of power would have left it: every file cut to what was synced.
fn copy_cut(from: &Path, to: &Path, traced: &Traced) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, copy) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy_cut(&path, &copy, traced);
            continue;
        }
        let mut bytes = std::fs::read(&path).unwrap();
        let known = traced.files.get(&path).cloned().unwrap_or_default();
        let (length, kept) = (bytes.len(), (known.synced as usize).min(bytes.len()));
        bytes.truncate(kept);
        // What was set aside before it was written reads as zeros.
        if path.extension().is_some_and(|one| one == "jnl") {
            bytes.resize(length, 0);
        }
        std::fs::write(&copy, bytes).unwrap();
    }
}

fn strace(dir: &Path, trace: &Path) -> Option<Command> {
    if Command::new("strace").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: strace is not installed");
        return None;
    }
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-s", "1048576", "-e", &format!("trace={}", CALLS.replace(' ', "")), "-o"]).arg(trace);
    command.arg(std::env::current_exe().unwrap()).args(["--exact", "synced::synced_victim", "--nocapture"]);
    command.env(VICTIM, dir).stderr(Stdio::null());
    Some(command)
}

#[test]
fn what_is_acknowledged_was_synced_before_and_survives_a_loss_of_power_once() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, trace) = (dir.path().join("data"), dir.path().join("trace"));
    let Some(mut command) = strace(&folder, &trace) else { return };
    let output = command.stdout(Stdio::piped()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if !told.contains("all done") {
        println!("skipped: this system does not let strace watch a process");
        return;
    }
    let mut traced = Traced::default();
    std::fs::read_to_string(&trace).unwrap().lines().for_each(|line| traced.take(line));
    assert_eq!(traced.acknowledged.len(), 36, "every acknowledgement is in the trace");
    assert_eq!(traced.too_early, Vec::<String>::new(), "acknowledged before a sync of its bytes had finished");
    let copy = dir.path().join("copy");
    copy_cut(&folder, &copy, &traced);
    let facts = open(&copy);
    let (large_ids, ids): (Vec<String>, Vec<String>) =
        every(&facts).iter().map(|stored| stored.fact.message_id.to_string()).partition(|id| id.starts_with("large-"));
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "nothing is doubled");
    assert_eq!(distinct, traced.acknowledged.iter().collect(), "exactly what was acknowledged");
    let sent = LARGE as usize * 900;
    assert_eq!((large_ids.len(), large_ids.iter().collect::<BTreeSet<_>>().len()), (sent, sent));
    for turn in 0..LARGE {
        assert_eq!(facts.append(large(turn), at(90_000)).unwrap().duplicates, 900, "their ids are known");
    }
    println!("proof: {} acknowledgements, each after its sync, {sent} facts beside them", traced.acknowledged.len());
}
