//! 处理建议: what to do about a worry, by its reason and by how valuable the customer is.
//!
//! A library of advice is data: an entry answers the causes of rules ([`crate::Rule::cause`]) and the categories of
//! indicators it names, and says for each tier of value who should act and what comes first, with three opening
//! sentences, what not to offer and what to send. It decides nothing: whoever shows it chooses the entry.

use indicators::TIERS;
use indicators::definition::{Fields, Node};
use vocab::{Finding, Text};

/// The entry that answers whatever no other one does.
pub const GENERAL: &str = "general";
/// Sentences to begin with.
const OPENINGS: usize = 3;

const KEYS: &[&str] =
    &["id", "census", "name", "causes", "categories", "high", "middle", "low", "openings", "not_offer", "tutorial"];

/// What somebody should do first about a customer of one tier of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who should act.
    pub who: Text,
    /// What comes first.
    pub first_step: Text,
    /// What not to offer, where it differs from the entry's own.
    pub not_offer: Option<Text>,
}

/// What to do about one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Stable id.
    pub id: String,
    /// Items of the census it answers.
    pub census: Option<String>,
    /// What people call the reason.
    pub name: Text,
    /// Causes of rules that it answers.
    pub causes: Vec<String>,
    /// Categories of indicators that it answers, where no rule has spoken.
    pub categories: Vec<String>,
    /// What to do, by tier in the order of [`TIERS`].
    acts: [Act; 3],
    /// Sentences to begin with.
    pub openings: Vec<Text>,
    not_offer: Text,
    /// What to send them.
    pub tutorial: Text,
}

impl Advice {
    /// What to do about a customer of a tier of value: `high`, `middle` or `low`.
    ///
    /// # Edges
    /// Where the value is not known, what is done for the middle: the standard way.
    pub fn act(&self, tier: Option<&str>) -> &Act {
        let place = tier.and_then(|tier| TIERS.iter().position(|(word, ..)| *word == tier));
        &self.acts[place.unwrap_or(1)]
    }

    /// What not to offer a customer of a tier of value.
    pub fn not_offer(&self, tier: Option<&str>) -> &Text {
        self.act(tier).not_offer.as_ref().unwrap_or(&self.not_offer)
    }
}

/// A library of advice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdviceBook {
    entries: Vec<Advice>,
}

impl AdviceBook {
    /// Reads files of advice, given as `(file name, text)`.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with file, line, column and hint: an id or a cause that two entries
    /// claim, a sentence that is missing in one of the languages, more or fewer than three openings.
    pub fn parse(files: &[(String, String)]) -> Result<AdviceBook, Vec<Finding>> {
        let (mut book, mut findings) = (AdviceBook::default(), Vec::new());
        for (file, text) in files {
            match Node::parse(file, text) {
                Ok(root) => read_file(&root, &mut book, &mut findings),
                Err(faults) => findings.extend(faults),
            }
        }
        if findings.is_empty() { Ok(book) } else { Err(findings) }
    }

    /// The same library with a firm's own entries in the place of those of the same id; own entries answer first.
    pub fn with_own(&self, own: AdviceBook) -> AdviceBook {
        let is_kept = |entry: &&Advice| own.entry(&entry.id).is_none();
        let kept: Vec<Advice> = self.entries.iter().filter(is_kept).cloned().collect();
        AdviceBook { entries: own.entries.into_iter().chain(kept).collect() }
    }

    /// Every entry.
    pub fn entries(&self) -> &[Advice] {
        &self.entries
    }

    /// The entry with this id.
    pub fn entry(&self, id: &str) -> Option<&Advice> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The entry that answers a cause of rules.
    pub fn for_cause(&self, cause: &str) -> Option<&Advice> {
        self.entries.iter().find(|entry| entry.causes.iter().any(|one| one == cause))
    }

    /// The entry that answers a category of indicators.
    pub fn for_category(&self, category: &str) -> Option<&Advice> {
        self.entries.iter().find(|entry| entry.categories.iter().any(|one| one == category))
    }
}

fn read_file(root: &Node, book: &mut AdviceBook, findings: &mut Vec<Finding>) {
    let Some(mut fields) = root.fields(&["advice"], findings) else { return };
    let Some(list) = fields.required("advice") else { return };
    let Some(items) = list.as_list() else {
        findings.push(list.wrong_type(Text::new("[[advice]] 的列表", "a list of [[advice]]")));
        return;
    };
    for item in items {
        let Some(entry) = read_entry(item, findings) else { continue };
        if book.entry(&entry.id).is_some() {
            findings.push(item.finding(
                "duplicate_id",
                Text::new(format!("建议编号“{}”重复", entry.id), format!("two entries are called \"{}\"", entry.id)),
                Text::new("每条建议一个编号", "give each entry its own id"),
            ));
        }
        for cause in entry.causes.iter().filter(|cause| book.for_cause(cause).is_some()) {
            findings.push(item.finding(
                "duplicate_cause",
                Text::new(format!("两条建议都回答“{cause}”"), format!("two entries answer \"{cause}\"")),
                Text::new("每个原因只由一条建议回答", "let one entry answer each cause"),
            ));
        }
        book.entries.push(entry);
    }
}

fn read_entry(node: &Node, findings: &mut Vec<Finding>) -> Option<Advice> {
    let mut fields = node.fields(KEYS, findings)?;
    // Every field is read before giving up, so that every fault is told.
    let id = fields.id("id");
    let census = fields.optional_text("census");
    let name = fields.both("name");
    let causes = read_words(&mut fields, "causes");
    let categories = read_words(&mut fields, "categories");
    let acts = TIERS.map(|(tier, ..)| read_act(&mut fields, tier));
    let openings = read_openings(&mut fields);
    let (not_offer, tutorial) = (fields.both("not_offer"), fields.both("tutorial"));
    let [high, middle, low] = acts;
    Some(Advice {
        id: id?,
        census,
        name: name?,
        causes: causes?,
        categories: categories?,
        acts: [high?, middle?, low?],
        openings: openings?,
        not_offer: not_offer?,
        tutorial: tutorial?,
    })
}

fn read_act(fields: &mut Fields<'_, '_>, tier: &str) -> Option<Act> {
    let node = fields.required(tier)?;
    let mut fields = node.fields(&["who", "first_step", "not_offer"], fields.findings)?;
    let (who, first_step) = (fields.both("who"), fields.both("first_step"));
    let not_offer = fields.optional_both("not_offer");
    Some(Act { who: who?, first_step: first_step?, not_offer })
}

/// A list of words that may be absent: then it is empty.
fn read_words(fields: &mut Fields<'_, '_>, key: &str) -> Option<Vec<String>> {
    let Some(node) = fields.optional(key) else { return Some(Vec::new()) };
    let words = node.as_list().map(|items| items.iter().map(|item| item.as_text().map(str::to_owned)).collect());
    let words: Option<Vec<String>> = words.flatten();
    if words.is_none() {
        fields.findings.push(node.wrong_type(Text::new("文字的列表", "a list of texts")));
    }
    words
}

fn read_openings(fields: &mut Fields<'_, '_>) -> Option<Vec<Text>> {
    let node = fields.required("openings")?;
    let items = node.as_list().unwrap_or_default();
    if items.len() != OPENINGS {
        fields.findings.push(node.finding(
            "wrong_count",
            Text::new(format!("开场白要 {OPENINGS} 句"), format!("{OPENINGS} opening sentences are needed")),
            Text::new("每句写成 { zh = \"…\", en = \"…\" }", "write each as { zh = \"…\", en = \"…\" }"),
        ));
        return None;
    }
    let read: Vec<Option<Text>> = items.iter().map(|item| read_both(item, fields.findings)).collect();
    read.into_iter().collect()
}

fn read_both(node: &Node, findings: &mut Vec<Finding>) -> Option<Text> {
    let mut fields = node.fields(&["zh", "en"], findings)?;
    let (zh, en) = (fields.text("zh"), fields.text("en"));
    Some(Text { zh: zh?, en: en? })
}
