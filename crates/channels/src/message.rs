//! What is said to one person, before a door gives it its shape.

use vocab::Lang;

use crate::cut::shortened;

/// The longest subject, in bytes: a sentence.
const SUBJECT_BYTES: usize = 300;
/// The longest line, in bytes.
const LINE_BYTES: usize = 600;

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The person's name, for doors that many read.
    pub name: String,
    /// Where that door reaches them: a mail address, an id of the service, a mobile number.
    pub address: Option<String>,
}

/// One line of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// The page it leads to, whole.
    pub link: Option<String>,
}

/// Something to be said to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for every try of the same message.
    pub id: String,
    /// Whom it is for.
    pub to: Recipient,
    /// The language that our own words in it are in.
    pub lang: Lang,
    /// What it is about.
    pub subject: String,
    /// The rest; what does not fit is left out at a line, from the end.
    pub lines: Vec<Line>,
    /// The page where all of it is.
    pub link: Option<String>,
}

impl Message {
    /// The same with no subject and no line longer than a person reads.
    pub(crate) fn trimmed(&self) -> Message {
        let line = |line: &Line| Line { text: shortened(&one_line(&line.text), LINE_BYTES), link: line.link.clone() };
        Message {
            subject: shortened(&one_line(&self.subject), SUBJECT_BYTES),
            lines: self.lines.iter().map(line).collect(),
            ..self.clone()
        }
    }

    /// What stands in the place of the lines that were left out.
    pub(crate) fn left_out(&self, count: usize) -> String {
        match self.lang {
            Lang::Zh => format!("还有 {count} 条"),
            Lang::En => format!("and {count} more"),
        }
    }

    /// What the link to all of it says.
    pub(crate) fn opened(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "在留客中打开",
            Lang::En => "Open in Liuke",
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
