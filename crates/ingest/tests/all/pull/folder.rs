//! A watched folder: last night's export is there, then it is in the record and filed away.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ingest::{FolderSettings, Place, PullReport, PullSource, Refusal};
use vocab::Zone;

use crate::firm::Firm;

const ORDERS: &str = "订单号,客户编号,下单时间,订单金额\nA1,C1,2025-05-01,10\nA2,C2,2025-05-02,20\n";

struct Watched {
    firm: Firm,
    path: PathBuf,
    source: PullSource,
}

impl Watched {
    fn new(patterns: &[&str]) -> Watched {
        let firm = Firm::new();
        let path = firm.path("watched");
        fs::create_dir(&path).unwrap();
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let settings = FolderSettings { path: path.clone(), patterns, ..FolderSettings::default() };
        let source = PullSource {
            name: "exports".into(),
            place: Place::Folder(Box::new(settings)),
            zone: Zone::default(),
            saved: Vec::new(),
        };
        Watched { firm, path, source }
    }

    /// A file that was written so long before the moment of the test.
    fn put(&self, name: &str, text: &str, seconds: u64) {
        let path = self.path.join(name);
        fs::write(&path, text).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_micros(self.firm.now.micros() as u64);
        fs::File::options().append(true).open(path).unwrap().set_modified(now - Duration::from_secs(seconds)).unwrap();
    }

    fn take(&self) -> Result<PullReport, Refusal> {
        ingest::pull(&self.source, &self.firm.facts, self.firm.now, &mut |_| true)
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path.join(folder)).unwrap().flatten().filter(|entry| entry.path().is_file());
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_file_is_taken_once_it_rests_and_filed_with_its_report() {
    let watched = Watched::new(&["*.csv"]);
    watched.put("orders.csv", ORDERS, 31);
    watched.put("growing.csv", ORDERS, 5);
    watched.put("readme.txt", "nothing", 600);
    watched.put("upload.csv.part", ORDERS, 600);
    let report = watched.take().unwrap();
    assert_eq!((report.rows.received, report.facts), (2, 2));
    assert_eq!(watched.files(""), ["growing.csv", "readme.txt", "upload.csv.part"]);
    assert_eq!(watched.files("done"), ["orders.csv", "orders.csv.report.json"]);
    let told = fs::read_to_string(watched.path.join("done/orders.csv.report.json")).unwrap();
    assert!(told.contains("\"accepted\": 2") && told.contains("\"rejected\": 0"), "{told}");
    assert_eq!(watched.take().unwrap(), PullReport { is_complete: true, ..PullReport::default() });
}

#[test]
fn the_same_export_again_adds_nothing_and_keeps_both_files() {
    let watched = Watched::new(&[]);
    watched.put("orders.csv", ORDERS, 60);
    watched.take().unwrap();
    watched.put("orders.csv", ORDERS, 60);
    let again = watched.take().unwrap();
    assert_eq!((again.rows.duplicates, again.facts), (2, 0));
    let kept = watched.files("done");
    assert_eq!(kept, ["orders (2).csv", "orders (2).csv.report.json", "orders.csv", "orders.csv.report.json"]);
}

#[test]
fn a_file_killed_between_its_facts_and_its_filing_is_taken_once() {
    let watched = Watched::new(&[]);
    watched.put("orders.csv", ORDERS, 60);
    watched.take().unwrap();
    // The moment before the move: facts and report are there, and so is the file.
    fs::rename(watched.path.join("done/orders.csv"), watched.path.join("orders.csv")).unwrap();
    assert_eq!(watched.take().unwrap().facts, 0);
    assert_eq!(watched.firm.stored().len(), 2);
    assert!(watched.files("").is_empty());
    assert_eq!(watched.files("done"), ["orders.csv", "orders.csv.report.json"]);
}

#[test]
fn what_cannot_be_read_is_filed_under_failed_and_bad_rows_stay_to_be_mended() {
    let watched = Watched::new(&[]);
    watched.put("noise.csv", "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{e}\u{f}", 60);
    watched.put("orders.csv", &format!("{ORDERS}A3,C3,someday,30\n"), 60);
    let report = watched.take().unwrap();
    assert_eq!((report.rows.accepted, report.rows.rejected), (2, 1));
    assert_eq!(watched.files("failed"), ["noise.csv", "noise.csv.report.json"]);
    assert_eq!(watched.files("done"), ["orders.csv", "orders.csv.rejects.csv", "orders.csv.report.json"]);
    let rejects = fs::read_to_string(watched.path.join("done/orders.csv.rejects.csv")).unwrap();
    assert!(rejects.contains("A3,C3,someday,30"), "{rejects}");
}

#[test]
fn a_folder_that_is_not_there_says_so() {
    let watched = Watched::new(&[]);
    fs::remove_dir_all(&watched.path).unwrap();
    fs::write(&watched.path, "a file").unwrap();
    assert_eq!(watched.take().unwrap_err().code(), "folder_unusable");
}

#[test]
fn a_link_in_the_folder_leads_nowhere() {
    let watched = Watched::new(&[]);
    let secret = watched.firm.file("secret.csv", ORDERS);
    std::os::unix::fs::symlink(secret, watched.path.join("orders.csv")).unwrap();
    assert_eq!(watched.take().unwrap().rows.received, 0);
}

#[test]
fn a_mapping_saved_for_such_headers_is_used_where_the_source_says_nothing() {
    let watched = Watched::new(&[]);
    let text =
        "kind = \"payments\"\n[columns]\n\"编码\" = \"customer_id\"\n\"甲\" = \"amount\"\n\"乙\" = \"occurred_at\"\n";
    let mapping = ingest::Mapping::parse("saved", text, &Zone::default()).unwrap();
    let odd = "乙,编码,甲\n2025-05-01,C1,10\n2025-05-02,C2,20\n";
    watched.put("odd.csv", odd, 60);
    assert_eq!(watched.take().unwrap().facts, 0, "nobody could guess these headers");
    watched.put("odd2.csv", odd, 60);
    let mut source = watched.source.clone();
    source.saved = vec![mapping];
    let report = ingest::pull(&source, &watched.firm.facts, watched.firm.now, &mut |_| true).unwrap();
    assert_eq!((report.rows.accepted, report.facts), (2, 2));
    let stored = watched.firm.stored();
    assert_eq!((stored[0].fact.name.as_str(), stored[0].fact.source.as_str()), ("Payment Received", "exports"));
}
