//! 导出: the tables of pages leave as workbooks that say what they are.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use alerts::{AdviceBook, AlertPolicy};
use app::view::{AdviceText, NewFollowUp, PromiseMade, RuleDraft, RuleSwitch, ScorecardStep};
use app::{AuditQuery, Export, PageTable, PromiseQuery, Reader, TodayQuery};
use indicators::Catalog;
use ingest::Grid;
use scores::SegmentBook;
use serde_json::json;
use vocab::{CustomerId, Lang, Scope};

use crate::world::{House, everyone, firm, scored};

/// A workbook as a program reads it: heads and rows of the table, labels and texts of the second sheet.
struct Book {
    name: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    about: BTreeMap<String, String>,
}

impl Book {
    fn column(&self, head: &str) -> Vec<&str> {
        let at = self.heads.iter().position(|one| one == head).unwrap_or_else(|| panic!("{head}: {:?}", self.heads));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

async fn exported(house: &House, reader: &Reader, table: PageTable, lang: Lang) -> Book {
    let export = Export::Page(table);
    let (name, bytes) = house.app.export(reader, &export, None, lang, house.now).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.xlsx");
    std::fs::write(&file, bytes).unwrap();
    let parts = Grid::open(&file).unwrap().parts().to_vec();
    let [table, about] = parts.as_slice() else { panic!("a table and what it is: {parts:?}") };
    let read = |part: &str| {
        let grid = Grid::open_part(&file, Some(part)).unwrap();
        let mut rows: Vec<Vec<String>> = Vec::new();
        grid.rows(&mut |row| rows.push(row.unwrap().map(str::to_owned).collect())).unwrap();
        (grid.headers(), rows)
    };
    let (heads, rows) = read(table);
    let (first, others) = read(about);
    let about = std::iter::once(first).chain(others).map(|row| (row[0].clone(), row[1].clone()));
    Book { name, heads, rows, about: about.collect() }
}

/// Somebody of the demo's first owner, who sees nobody else's.
async fn owner(house: &House) -> Reader {
    let one = PromiseQuery { limit: 1, ..PromiseQuery::default() };
    let key = house.app.promises(&Scope::All, &one, None, house.now).await.unwrap().owners[0].clone();
    Reader { scope: Scope::Owners([key].into()), ..everyone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn promises_leave_as_filtered_within_scope_with_numbers_hidden_and_are_recorded() {
    let house = scored().await;
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    let customer = CustomerId::from(today.rows[0].customer.id.as_str());
    let promise = PromiseMade { words: "打 13800138000 给新报价".to_owned(), due_on: "2025-07-02".to_owned() };
    let said = NewFollowUp {
        key: "export-0001".to_owned(),
        channel: "call".to_owned(),
        outcome: "talked".to_owned(),
        note: Some("嫌贵".to_owned()),
        promise: Some(promise),
        ..NewFollowUp::default()
    };
    house.app.record_touch(&everyone(), &customer, said, house.now).await.unwrap();
    let of =
        |state: &str| PageTable::Promises(PromiseQuery { state: Some(state.to_owned()), ..PromiseQuery::default() });
    let book = exported(&house, &everyone(), of("open"), Lang::Zh).await;
    assert_eq!(book.name, "承诺-2025-07-01.xlsx");
    let place = book.column("客户编号").iter().position(|id| *id == customer.as_str()).unwrap();
    assert_eq!(book.column("状态")[place], "未结");
    let words = book.column("答应了什么")[place];
    assert!(words.starts_with("打 138") && !words.contains("13800138000"), "{words}");
    assert_eq!((book.about["筛选：状态"].as_str(), book.about["时区"].as_str()), ("未结", "Asia/Shanghai"));
    assert!(book.about.contains_key("截至时点") && !book.about["流失口径"].is_empty(), "{:?}", book.about);
    let kept = exported(&house, &everyone(), of("kept"), Lang::En).await;
    assert!(kept.rows.is_empty() && kept.heads.contains(&"What was promised".to_owned()), "{:?}", kept.rows);
    let deeds = AuditQuery { sort: Some("export".to_owned()), limit: 10, ..AuditQuery::default() };
    let deeds = house.app.audit(&everyone(), &deeds).await.unwrap();
    let seen: Vec<&str> = deeds.rows.iter().map(|deed| deed.subject.as_str()).collect();
    assert_eq!(seen, [kept.name.as_str(), book.name.as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_leaves_in_the_order_in_which_its_page_shows_it_and_says_how_many_are_left_out() {
    let house = scored().await;
    let catalog = house.app.indicator_catalog(&everyone(), None, house.now).await.unwrap().indicators;
    let ids: Vec<String> = [&catalog[2], &catalog[0]].iter().map(|one| one.id.clone()).collect();
    let book = exported(&house, &everyone(), PageTable::Indicators(ids.clone()), Lang::Zh).await;
    assert_eq!(book.column("指标编号"), ids);
    assert_eq!(book.column("指标"), [catalog[2].name.zh.as_str(), catalog[0].name.zh.as_str()]);
    assert_eq!(book.about["筛选：显示的"], format!("2 / {}", catalog.len()));
    let whole = exported(&house, &everyone(), PageTable::Indicators(Vec::new()), Lang::Zh).await;
    assert_eq!(whole.rows.len(), catalog.len());
    assert!(!whole.about.contains_key("筛选：显示的"), "{:?}", whole.about);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_is_what_its_page_counts_for_the_same_reader() {
    let house = scored().await;
    let owner = owner(&house).await;
    for reader in [everyone(), owner] {
        let list = house.app.segments(&reader.scope, None, house.now).await.unwrap();
        let book = exported(&house, &reader, PageTable::ValueRisk, Lang::Zh).await;
        let sum: u64 = book.column("客户数").iter().map(|count| count.parse::<u64>().unwrap()).sum();
        assert_eq!(sum, list.customer_count, "every customer is in one cell");
        let book = exported(&house, &reader, PageTable::Segments, Lang::Zh).await;
        let counts: Vec<String> = list.segments.iter().map(|one| one.count.to_string()).collect();
        assert_eq!(book.column("客户数"), counts);
    }
}

/// The files of the definitions in use, by their paths.
async fn archive(house: &House) -> BTreeMap<String, String> {
    let (name, bytes) = house.app.definition_archive(&everyone(), Lang::En, house.now).await.unwrap();
    assert!(name.starts_with("definitions-") && name.ends_with(".zip"), "{name}");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn every_definition_in_use_leaves_as_files_that_can_be_read_again() {
    let house = firm().await;
    let before = archive(&house).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    for (path, text) in &before {
        assert_eq!(text, &std::fs::read_to_string(folder.join(path)).unwrap(), "{path}");
    }

    let on = RuleSwitch { is_active: true, parameters: BTreeMap::from([("days".to_owned(), 9.0)]), note: None };
    house.app.switch_rule(&everyone(), "saas_away_7d", on, house.now).await.unwrap();
    let own = json!({
        "id": "away", "name": {"zh": "没来", "en": "Away"}, "cause": "own_usage", "severity": "warning",
        "when": {"of": "days_since_login", "is": ">=", "than": 8}, "cooldown_days": 14,
        "say": {"zh": "{days_since_login} 天没登录", "en": "no login for {days_since_login} days"},
        "next_step": {"zh": "打电话", "en": "Call"},
    });
    let draft = RuleDraft { rule: Some(own), ..RuleDraft::default() };
    let page = house.app.put_rule_draft(&everyone(), "away", draft, house.now).await.unwrap();
    let step = ScorecardStep { number: None, version: page.versions[0].version };
    house.app.activate_rule(&everyone(), "away", step, house.now).await.unwrap();
    let entries = house.app.advice_entries(&everyone()).await.unwrap();
    let changed = entries[0].text.replace(&entries[0].name.zh, "我们自己的说法");
    let asked = AdviceText { text: changed };
    house.app.put_advice(&everyone(), &entries[0].id, asked, house.now).await.unwrap();

    let after = archive(&house).await;
    let others: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(others.len() == 2 && others[1] == "rules/saas.toml" && others[0].starts_with("advice/"), "{others:?}");
    let of = |folder: &str| -> Vec<(String, String)> {
        let there = after.iter().filter(|(path, _)| path.starts_with(folder));
        there.map(|(path, text)| (path.clone(), text.clone())).collect()
    };
    let catalog = Catalog::parse(&of("indicators/")).unwrap();
    let segments = SegmentBook::parse(&of("segments/saas"), &catalog).unwrap();
    let policy = AlertPolicy::parse(&of("rules/saas"), &catalog.with_segments(segments.ids())).unwrap();
    let shipped = before["rules/saas.toml"].matches("[[rule]]").count();
    assert_eq!(policy.rules.len(), shipped + 1);
    let switched = policy.rule("saas_away_7d").unwrap();
    assert!(switched.active && switched.parameters.iter().any(|one| one.id == "days" && one.value == 9.0));
    assert!(policy.rule("away").unwrap().active);
    let advice = AdviceBook::parse(&of("advice/")).unwrap();
    assert_eq!(advice.entry(&entries[0].id).unwrap().name.zh, "我们自己的说法");
    assert_eq!(archive(&house).await, after, "asked again, the same");
}
