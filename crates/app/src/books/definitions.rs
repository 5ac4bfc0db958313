//! What ships as data: templates, indicators, scorecards, rules, churn definitions, calendars.
//!
//! The files under `definitions/` are part of the binary. They are parsed once, when the house opens; a shipped file
//! that does not parse is our own mistake and stops the start with the place of the fault.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use actions::{CaseBook, ChurnReason, ReasonTree, ReminderBook, churn_reasons};
use alerts::{AdviceBook, AlertPolicy, Rule};
use calendar::WorkCalendar;
use indicators::Catalog;
use ingest::identity::KeyPolicy;
use outcomes::ChurnDefinition;
use rust_embed::RustEmbed;
use scores::{ScoreBook, SegmentBook};
use serde::Deserialize;
use vocab::{Text, Zone};

use crate::error::{Error, from_findings};
use crate::view::{ChurnOption, DefinitionRow, TemplateOption, Words};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../definitions"]
struct Shipped;

/// The firm's own working calendar, in its data folder.
pub(crate) const CALENDAR: &str = "calendar.toml";
/// What an entry of advice begins with.
pub(crate) const ADVICE: &str = "[[advice]]";

/// An industry template: the words and choices a firm starts with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    pub id: String,
    pub name: Text,
    pub about: Text,
    pub noun: Text,
    pub noun_plural_en: String,
    pub measure_zh: String,
    pub owner_title: Text,
    pub churn: Vec<String>,
    pub scorecard: String,
}

/// Everything that ships, parsed.
pub(crate) struct Definitions {
    pub catalog: Catalog,
    pub scorecards: BTreeMap<String, ScoreBook>,
    /// Hash of each shipped scorecard's definition.
    pub contents: BTreeMap<String, String>,
    pub churn: BTreeMap<String, ChurnDefinition>,
    pub policies: BTreeMap<String, AlertPolicy>,
    /// By template.
    pub segments: BTreeMap<String, SegmentBook>,
    /// The traits that segments, rules and reminders ask about, and what a touch says of the next one.
    pub traits: Vec<String>,
    pub templates: Vec<Template>,
    pub calendar: WorkCalendar,
    pub identity: KeyPolicy,
    pub advice: AdviceBook,
    pub cases: CaseBook,
    /// Why customers leave, as a person confirms it.
    pub churn_reasons: Vec<ChurnReason>,
    /// Which causes they mean, and which indicators speak for each.
    pub reason_tree: ReasonTree,
    pub reminders: ReminderBook,
}

impl Definitions {
    /// Parses what ships, for a firm in this zone.
    pub(crate) fn shipped(zone: &Zone) -> Result<Self, Error> {
        Self::with_calendar(zone, None)
    }

    /// The same for the firm of a folder: a `calendar.toml` in it takes the place of the working calendar that ships, so
    /// that the holidays of a further year need no newer program.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with the file and where; what the disk says.
    pub(crate) fn of_folder(dir: &Path, zone: &Zone) -> Result<Self, Error> {
        match std::fs::read_to_string(dir.join(CALENDAR)) {
            Ok(text) => Self::with_calendar(zone, Some(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::shipped(zone),
            Err(error) => Err(Error::internal(format!("{CALENDAR}: {error}"))),
        }
    }

    fn with_calendar(zone: &Zone, own: Option<&str>) -> Result<Self, Error> {
        let wrong = |findings: Vec<vocab::Finding>| from_findings("bad_definition", &findings);
        let catalog = Catalog::parse(&files("indicators")).map_err(wrong)?;
        let mut segments = BTreeMap::new();
        for (file, text) in files("segments") {
            let id = stem(&file).to_owned();
            segments.insert(id, SegmentBook::parse(&[(file, text)], &catalog).map_err(wrong)?);
        }
        let catalog = catalog.with_segments(segments.values().flat_map(SegmentBook::ids).collect());
        let (mut scorecards, mut contents) = (BTreeMap::new(), BTreeMap::new());
        for (file, text) in files("scorecards") {
            let book = ScoreBook::parse(&file, &text, &catalog).map_err(wrong)?;
            contents.insert(book.id.clone(), crate::books::versions::content(&text));
            scorecards.insert(book.id.clone(), book);
        }
        let mut churn = BTreeMap::new();
        for (file, text) in files("churn") {
            let definition = ChurnDefinition::parse(&file, &text).map_err(wrong)?;
            churn.insert(definition.id.clone(), definition);
        }
        let mut policies = BTreeMap::new();
        for (file, text) in files("rules") {
            let id = stem(&file).to_owned();
            let named = segments.get(&id).map(SegmentBook::ids).unwrap_or_default();
            let policy = AlertPolicy::parse(&[(file, text)], &catalog.clone().with_segments(named)).map_err(wrong)?;
            policies.insert(id, policy);
        }
        let mut templates = Vec::new();
        for (file, text) in files("templates") {
            let template: Template = toml::from_str(&text).map_err(|e| Error::internal(format!("{file}: {e}")))?;
            templates.push(template);
        }
        templates.sort_by_key(|template| ["saas", "ecommerce"].iter().position(|id| *id == template.id).unwrap_or(9));
        let calendars = files("calendars");
        let calendar = match (own, calendars.first()) {
            (Some(text), _) => WorkCalendar::parse(CALENDAR, text, zone.clone()).map_err(wrong)?,
            (None, Some((file, text))) => WorkCalendar::parse(file, text, zone.clone()).map_err(wrong)?,
            (None, None) => return Err(Error::internal("no working calendar ships")),
        };
        let catalog = if own.is_some() { catalog.with_calendar(calendar.clone()) } else { catalog };
        let identity = match files("identity").first() {
            Some((file, text)) => KeyPolicy::parse(file, text).map_err(wrong)?,
            None => return Err(Error::internal("no rules about keys ship")),
        };
        let cases = CaseBook::parse(&files("case_types")).map_err(wrong)?;
        let (reasons, tree) = match &files("reasons")[..] {
            [reasons, tree] => (reasons.clone(), tree.clone()),
            _ => return Err(Error::internal("reasons for leaving and their tree do not ship")),
        };
        let churn_reasons = churn_reasons(&reasons.0, &reasons.1).map_err(wrong)?;
        let reason_tree = ReasonTree::parse(&tree.0, &tree.1, &catalog, &churn_reasons).map_err(wrong)?;
        let reminders = ReminderBook::parse(&files("reminders"), &catalog).map_err(wrong)?;
        let advice = AdviceBook::parse(&files("advice")).map_err(wrong)?;
        let asked = segments.values().flat_map(SegmentBook::traits);
        let asked = asked.chain(policies.values().flat_map(AlertPolicy::traits));
        let asked = asked.chain(reminders.traits()).chain(["next_on"]);
        let mut traits: Vec<String> = asked.map(str::to_owned).collect();
        traits.sort_unstable();
        traits.dedup();
        Ok(Self {
            catalog,
            scorecards,
            contents,
            churn,
            policies,
            segments,
            traits,
            templates,
            calendar,
            identity,
            advice,
            cases,
            churn_reasons,
            reason_tree,
            reminders,
        })
    }

    /// The indicators that rules read, those of the segments included where a rule may name one.
    pub(crate) fn indicators_of<'a>(&'a self, policy: &'a AlertPolicy) -> Vec<&'a str> {
        let mut ids = policy.indicators();
        if policy.asks_belonging() {
            ids.extend(self.segments.values().flat_map(SegmentBook::indicators));
        }
        ids
    }

    /// The template with this id.
    pub(crate) fn template(&self, id: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.id == id)
    }

    /// Templates as set-up offers them.
    pub(crate) fn template_options(&self) -> Vec<TemplateOption> {
        self.templates.iter().map(|template| self.template_option(template)).collect()
    }

    fn template_option(&self, template: &Template) -> TemplateOption {
        let churn = template.churn.iter().filter_map(|id| self.churn.get(id)).map(|definition| ChurnOption {
            id: definition.id.clone(),
            name: Words::from(&definition.name),
            sentence: Words::from(&definition.sentence),
        });
        TemplateOption {
            id: template.id.clone(),
            name: Words::from(&template.name),
            about: Words::from(&template.about),
            noun: Words::from(&template.noun),
            noun_plural_en: template.noun_plural_en.clone(),
            measure_zh: template.measure_zh.clone(),
            owner_title: Words::from(&template.owner_title),
            churn: churn.collect(),
            scorecard: template.scorecard.clone(),
        }
    }

    /// Every definition in a line, the active ones marked.
    pub(crate) fn rows(&self, active_scorecard: &str, active_churn: &str, in_use: &AlertPolicy) -> Vec<DefinitionRow> {
        let row = |id: &str, sort: &str, name: &Text, sentence: &Text, active: bool| DefinitionRow {
            id: id.to_owned(),
            sort: sort.to_owned(),
            name: Words::from(name),
            sentence: Words::from(sentence),
            active,
        };
        let indicators =
            self.catalog.indicators().iter().map(|one| row(&one.id, "indicator", &one.name, &one.question, true));
        let scorecards = self
            .scorecards
            .values()
            .map(|one| row(&one.id, "scorecard", &one.name, &one.about, one.id == active_scorecard));
        let churn =
            self.churn.values().map(|one| row(&one.id, "churn", &one.name, &one.sentence, one.id == active_churn));
        let of_rule = |rule: &Rule, active| row(&rule.id, "rule", &rule.name, &rule.next_step, active);
        let shipped = self.policies.values().flat_map(|policy| &policy.rules);
        let others = shipped.filter(|rule| in_use.rule(&rule.id).is_none()).map(|rule| of_rule(rule, false));
        let rules = in_use.rules.iter().map(|rule| of_rule(rule, rule.active)).chain(others);
        indicators.chain(scorecards).chain(churn).chain(rules).collect()
    }

    /// The TOML text that holds a definition.
    pub(crate) fn source(sort: &str, id: &str) -> Option<String> {
        Self::source_file(sort, id).map(|(_, text)| text)
    }

    /// The shipped file that holds a definition: its path and its text.
    pub(crate) fn source_file(sort: &str, id: &str) -> Option<(String, String)> {
        let folder = match sort {
            "indicator" => "indicators",
            "scorecard" => "scorecards",
            "churn" => "churn",
            "rule" => "rules",
            _ => return None,
        };
        let quoted = format!("\"{id}\"");
        files(folder)
            .into_iter()
            .find(|(_, text)| text.lines().any(|line| line.trim_start().starts_with("id") && line.contains(&quoted)))
    }
}

/// The shipped segments of a template as text.
pub(crate) fn segments_text(template: &str) -> Option<String> {
    files("segments").into_iter().find(|(file, _)| stem(file) == template).map(|(_, text)| text)
}

/// The shipped entries of advice as text, by id.
pub(crate) fn advice_texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (_, file) in files("advice") {
        let each = entries(&file, ADVICE).into_iter();
        texts.extend(each.map(|(id, place)| (id.to_owned(), file[place].to_owned())));
    }
    texts
}

/// Where each entry of a file begins and ends, with its id: from its head to the end of its last line, what is remarked
/// about the next one left out.
pub(crate) fn entries<'f>(file: &'f str, head: &str) -> Vec<(&'f str, Range<usize>)> {
    let mut found: Vec<(&str, Range<usize>)> = Vec::new();
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        let (begin, words) = (at, line.trim());
        at += line.len();
        if words == head {
            found.push(("", begin..at));
            continue;
        }
        let is_said = !words.is_empty() && !words.starts_with('#');
        let Some((id, place)) = found.last_mut().filter(|_| is_said) else { continue };
        place.end = at;
        let said = words.strip_prefix("id").and_then(|rest| rest.trim_start().strip_prefix('='));
        if let Some(said) = said.filter(|_| id.is_empty()) {
            *id = said.split('"').nth(1).unwrap_or_default();
        }
    }
    found
}

/// The shipped indicators as text.
pub(crate) fn indicator_files() -> Vec<(String, String)> {
    files("indicators")
}

/// The shipped files of one folder, in the order of their names.
fn files(folder: &str) -> Vec<(String, String)> {
    let prefix = format!("{folder}/");
    shipped(|name| name.starts_with(&prefix)).into_iter().collect()
}

/// Those of the shipped files that are wanted, by their paths.
pub(crate) fn shipped(wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let names = Shipped::iter().filter(|name| name.ends_with(".toml") && wanted(name));
    let text = |name: &str| Some(String::from_utf8_lossy(&Shipped::get(name)?.data).into_owned());
    names.filter_map(|name| Some((name.to_string(), text(&name)?))).collect()
}

fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// The texts of a definition file, or of all in a folder.
pub(crate) fn definition_files(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let fails = |error: std::io::Error| {
        Error::bad(
            "bad_catalog",
            (&format!("无法读取 {}：{error}", path.display()), &format!("cannot read {}: {error}", path.display())),
            ("须是 .toml 文件或装有它们的目录", "it must be a .toml file or a folder of them"),
        )
    };
    let mut paths = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(fails)?;
        paths = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        paths.sort();
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(fails)?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}
