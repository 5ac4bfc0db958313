//! Making a text fit: by bytes, never within a character, and a list never within a line.

use crate::message::{Line, Message};

/// A text of at most so many bytes, three at least; one that was cut ends in `…`.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    const MARK: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}{MARK}", &text[..text.floor_char_boundary(most.saturating_sub(MARK.len()))])
}

/// The shape of a message with as many of its first lines as `fits` lets through.
///
/// # Edges
/// `shape` is given how many lines to show and says itself how many are left out. Should not even a message without
/// lines fit, that is what is given: its subject has a bound ([`Message::trimmed`]) far below every door's.
pub(crate) fn fitting<T>(count: usize, shape: impl Fn(usize) -> T, fits: impl Fn(&T) -> bool) -> T {
    let whole = shape(count);
    if fits(&whole) {
        return whole;
    }
    let (mut low, mut high) = (0, count);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if fits(&shape(middle)) { low = middle } else { high = middle }
    }
    shape(low)
}

/// How a door that speaks Markdown writes what is around a subject and a line.
pub(crate) struct Marks {
    pub(crate) subject: (&'static str, &'static str),
    pub(crate) line: (&'static str, &'static str),
}

/// The first `shown` lines of a message as Markdown, `mention` behind its subject.
pub(crate) fn markdown(message: &Message, shown: usize, mention: &str, marks: &Marks) -> String {
    let mut text = format!("{}{}{mention}{}", marks.subject.0, plain(&message.subject), marks.subject.1);
    let written = |line: &Line| match &line.link {
        Some(link) => format!("[{}]({link})", plain(&line.text)),
        None => plain(&line.text),
    };
    for line in &message.lines[..shown] {
        text.push_str(&format!("{}{}{}", marks.line.0, written(line), marks.line.1));
    }
    if shown < message.lines.len() {
        let left = message.left_out(message.lines.len() - shown);
        text.push_str(&format!("{}{left}{}", marks.line.0, marks.line.1));
    }
    if let Some(link) = &message.link {
        text.push_str(&format!("\n[{}]({link})", message.opened()));
    }
    text
}

/// A text without signs that Markdown or an at-mark would take for its own.
pub(crate) fn plain(text: &str) -> String {
    let full = |c: char| match c {
        '[' => '［',
        ']' => '］',
        '<' => '＜',
        '>' => '＞',
        '*' => '＊',
        '`' => '｀',
        '#' => '＃',
        '@' => '＠',
        c => c,
    };
    text.chars().map(full).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shortened("示例科技", 12), "示例科技");
        assert_eq!(shortened("示例科技", 11), "示例…");
        for most in 3..40 {
            let cut = shortened("健康分 38 ↓ 示例科技有限公司", most);
            assert!(cut.len() <= most && cut.ends_with('…') || cut == "健康分 38 ↓ 示例科技有限公司", "{most}: {cut}");
        }
    }

    #[test]
    fn as_many_lines_as_fit_are_shown_and_the_rest_counted() {
        let shape = |shown: usize| "x".repeat(shown * 3 + if shown < 10 { 2 } else { 0 });
        for (most, shown) in [(30, 30), (29, 29), (28, 26), (5, 5), (4, 2), (0, 2)] {
            assert_eq!(fitting(10, shape, |text| text.len() <= most).len(), shown, "{most}");
        }
    }

    #[test]
    fn a_name_cannot_write_markdown() {
        assert_eq!(plain("[客户](http://x) <@all> **!**"), "［客户］(http://x) ＜＠all＞ ＊＊!＊＊");
    }
}
