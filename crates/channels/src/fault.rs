//! Why a message did not go out, and whether it may be tried again.

use std::fmt;
use std::time::Duration;

use vocab::Text;

/// What a fault means for the message and for those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultClass {
    /// It did not arrive and may the next time: a network, a busy server.
    Later,
    /// It did not arrive because too much was sent; nothing may go out by this door for so long.
    Throttled(Duration),
    /// It will never arrive as it is: a wrong key, an unknown address.
    Never,
    /// Nobody knows whether it arrived: the line broke after it was handed over.
    Perhaps,
}

/// Why a message did not go out, in words for whoever set the channel up. The words are apart, so that a result without
/// any stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it means.
    pub class: FaultClass,
    /// Stable, in `snake_case`.
    pub code: &'static str,
    /// What happened.
    pub detail: Box<Text>,
    /// What to do.
    pub hint: Box<Text>,
}

impl Fault {
    /// A fault, said in both languages: what happened, what to do.
    pub fn new(class: FaultClass, code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Self {
        let text = |words: (&str, &str)| Box::new(Text::new(words.0, words.1));
        Self { class, code, detail: text(detail), hint: text(hint) }
    }

    /// The same with what the other side said behind it.
    pub(crate) fn saying(mut self, said: &str) -> Self {
        if !said.is_empty() {
            self.detail.zh.push_str(&format!("（{said}）"));
            self.detail.en.push_str(&format!(" ({said})"));
        }
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail.en)
    }
}

impl std::error::Error for Fault {}

/// A setting that cannot be read.
pub(crate) fn bad_setting(detail: (&str, &str), hint: (&str, &str)) -> Fault {
    Fault::new(FaultClass::Never, "bad_channel", detail, hint)
}

/// What the other side said: one line, cut short, with no secret in it.
pub(crate) fn said<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let bare = secrets.into_iter().filter(|secret| secret.len() >= 4).fold(text.to_owned(), |text, secret| {
        let text = text.replace(secret, "***");
        // A server may repeat an address as it stood in the request.
        text.replace(&secret.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"), "***")
    });
    let line: String = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_holds_no_secret() {
        assert_eq!(said("bad key abcd1234,\n try\tagain", ["abcd1234"]), "bad key ***, try again");
        assert_eq!(said("sign=a%2Bb%3D%3D!", ["a+b=="]), "sign=***!");
        assert_eq!(said(&"长".repeat(500), []).chars().count(), 200);
    }
}
