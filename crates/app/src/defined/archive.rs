//! Everything that is defined, as it is in use, in one zip of the files that it could ship as.
//!
//! Laid out like `definitions/` of the source: a firm keeps it beside its other papers, compares two of them line by line, or
//! hands it to another. Not here: what a definition means, and single files, which their own pages hand over.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use vocab::{Instant, Lang};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::books::NOW;
use crate::books::definitions::{ADVICE, CALENDAR, Definitions, entries, shipped};
use crate::error::Error;
use crate::{App, Permission, Reader, blocking};

const RULE: &str = "[[rule]]";
/// Where entries of advice go that ship nowhere.
const OWN_ADVICE: &str = "advice/own.toml";

impl App {
    /// The files of every definition in use as a zip: its name and its bytes. The export is recorded.
    ///
    /// What ships, with the firm's own version of a scorecard, rule, churn definition, entry of advice or of the working
    /// calendar in its place; what ships nowhere stands in a file of its own beside, rules at the end of those of the firm's
    /// template. The same definitions give the same bytes.
    pub async fn definition_archive(
        &self,
        reader: &Reader,
        lang: Lang,
        now: Instant,
    ) -> Result<(String, Vec<u8>), Error> {
        reader.may(Permission::SeeDefinitions)?;
        let (advice, template) = (self.own_advice().await?, self.working_firm().await?.template);
        let app = self.clone();
        let (count, bytes) = blocking(move || {
            let files = app.files_in_use(&template, &advice)?;
            Ok((files.len(), zipped(&files).map_err(Error::internal)?))
        })
        .await?;
        let title = match lang {
            Lang::Zh => "定义文件",
            Lang::En => "definitions",
        };
        let name = format!("{title}-{}.zip", self.zone().date(now));
        let deed = store::Deed { what: "export", subject: &name, customer: None, actor: &reader.actor() };
        self.store().account_for(deed, &serde_json::json!({ "rows": count }), now).await?;
        Ok((name, bytes))
    }

    /// The files of every definition in use, by their paths.
    fn files_in_use(
        &self,
        template: &str,
        advice: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut files = shipped(|_| true);
        let path = |sort: &str, id: &str, otherwise: String| {
            Definitions::source_file(sort, id).map_or(otherwise, |(path, _)| path)
        };
        for id in self.scorecard_ids() {
            let at = path("scorecard", &id, format!("scorecards/{id}.toml"));
            files.extend(self.scorecard_source(&id, NOW).map(|text| (at, text)));
        }
        for id in self.churn_ids() {
            let at = path("churn", &id, format!("churn/{id}.toml"));
            files.extend(self.churn_source(&id).map(|text| (at, text)));
        }
        for term in self.rulebook().in_use().at(NOW) {
            let file = files.entry(path("rule", &term.of, format!("rules/{template}.toml"))).or_default();
            *file = with_entry(file, RULE, &term.of, &term.definition);
        }
        for (id, text) in advice {
            let holds = |file: &&mut String| entries(file, ADVICE).iter().any(|(one, _)| one == id);
            let shipped = files.iter_mut().filter(|(path, _)| path.starts_with("advice/"));
            match shipped.map(|(_, file)| file).find(holds) {
                Some(file) => *file = with_entry(file, ADVICE, id, text),
                None => {
                    let file = files.entry(OWN_ADVICE.to_owned()).or_default();
                    *file = with_entry(file, ADVICE, id, text);
                }
            }
        }
        match std::fs::read_to_string(self.dir().join(CALENDAR)) {
            Ok(own) => files.iter_mut().filter(|(path, _)| path.starts_with("calendars/")).for_each(|(_, file)| {
                file.clone_from(&own);
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::internal(format!("{CALENDAR}: {error}"))),
        }
        Ok(files)
    }
}

/// A file with an entry in the place of the one of its id, or after the last.
fn with_entry(file: &str, head: &str, id: &str, entry: &str) -> String {
    let entry = entry_of(entry, head);
    match entries(file, head).into_iter().find(|(one, _)| *one == id) {
        Some((_, place)) => format!("{}{entry}{}", &file[..place.start], &file[place.end..]),
        None if file.is_empty() => entry,
        None => format!("{}\n\n{entry}", file.trim_end()),
    }
}

/// An entry from its head on; one that is written in a line, by its fields.
fn entry_of(text: &str, head: &str) -> String {
    let begins = text.lines().any(|line| line.trim() == head);
    let fields = || text.parse::<toml::Table>().ok().map(|table| table.to_string());
    let text = if begins { None } else { fields() }.unwrap_or_else(|| text.to_owned());
    format!("{}\n", text.trim_end())
}

/// Files by their paths as a zip; without the hour, so that the same files are the same bytes.
fn zipped(files: &BTreeMap<String, String>) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (path, text) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# rules\n\n[[rule]]\nid   = \"one\"\nsay = 1\n[rule.parameters]\nback = 2\n\n# --- next ---\n\n[[rule]]\nid = \"two\"\nidle = \"no\"\n";

    #[test]
    fn an_entry_takes_the_place_of_its_own_and_remarks_stay_where_they_are() {
        let ids: Vec<&str> = entries(FILE, RULE).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["one", "two"]);
        let changed = with_entry(FILE, RULE, "one", "[[rule]]\nid = \"one\"\nsay = 3\n\n");
        assert_eq!(
            changed,
            "# rules\n\n[[rule]]\nid = \"one\"\nsay = 3\n\n# --- next ---\n\n[[rule]]\nid = \"two\"\nidle = \"no\"\n"
        );
        let added = with_entry(FILE, RULE, "three", "rule = [{ id = \"three\" }]");
        assert_eq!(added, format!("{FILE}\n[[rule]]\nid = \"three\"\n"));
        assert_eq!(with_entry("", RULE, "three", "[[rule]]\nid = \"three\""), "[[rule]]\nid = \"three\"\n");
    }
}
