//! Everybody as somebody may type them: ids and names, and how names sound, folded and one after the other in two texts that
//! are looked through at once.
//!
//! Not here: how good a fit is and who is shown (`search`).

use pinyin::ToPinyin as _;

/// Ids and names, and how names sound; by place.
pub(crate) struct Spelling {
    /// Id, and name where there is one.
    written: Lines,
    /// Initials and pinyin of the name where there is one.
    sounds: Lines,
    /// Characters of what is shown: the name, or the id.
    lengths: Vec<u16>,
}

/// How good somebody fits what was typed: the best is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    /// As the needle ranks it.
    pub rank: u8,
    /// Characters of what is shown.
    length: u16,
    /// Place of the customer.
    pub place: u32,
}

impl Spelling {
    /// Of customers by place: their ids, and their names where they have one.
    pub(crate) fn of<'a>(customers: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Spelling {
        let mut spelling = Spelling { written: Lines::default(), sounds: Lines::default(), lengths: Vec::new() };
        for (id, name) in customers {
            let folded = name.map(|name| fold(name.chars()));
            spelling.written.push([Some(fold(id.chars()).as_str()), folded.as_deref()].into_iter().flatten());
            let sound = name.map(spelled);
            let sound = sound.as_ref().map(|(full, initials)| [initials.as_str(), full.as_str()]);
            spelling.sounds.push(sound.into_iter().flatten());
            let length = name.unwrap_or(id).chars().count();
            spelling.lengths.push(u16::try_from(length).unwrap_or(u16::MAX));
        }
        spelling
    }

    /// Customers in whose id or name a folded text occurs, by place, each as `rank` ranks its id and its name; those without a
    /// rank are left out.
    pub(crate) fn written<'a>(
        &'a self,
        folded: &'a str,
        asked: impl Fn(usize) -> bool + 'a,
        rank: impl Fn(&str, Option<&str>) -> Option<u8> + 'a,
    ) -> impl Iterator<Item = Fit> + 'a {
        self.written.places(folded).filter(move |place| asked(*place)).filter_map(move |place| {
            let line = self.written.line(place);
            let (id, name) = line.split_once('\n').map_or((line, None), |(id, name)| (id, Some(name)));
            Some(self.fit(rank(id, name)?, place))
        })
    }

    /// Customers in whose initials or pinyin a folded text occurs, by place, each as `rank` ranks these two.
    pub(crate) fn sounding<'a>(
        &'a self,
        folded: &'a str,
        asked: impl Fn(usize) -> bool + 'a,
        rank: impl Fn(&str, &str) -> Option<u8> + 'a,
    ) -> impl Iterator<Item = Fit> + 'a {
        self.sounds.places(folded).filter(move |place| asked(*place)).filter_map(move |place| {
            let (initials, full) = self.sounds.line(place).split_once('\n')?;
            Some(self.fit(rank(initials, full)?, place))
        })
    }

    fn fit(&self, rank: u8, place: usize) -> Fit {
        Fit { rank, length: self.lengths[place], place: place as u32 }
    }
}

/// Lines of some parts each, one after the other in one text.
#[derive(Default)]
struct Lines {
    text: String,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Lines {
    fn push<'a>(&mut self, parts: impl Iterator<Item = &'a str>) {
        for part in parts {
            self.text.push_str(part);
            // No folded text holds a blank, so nothing is found across two parts.
            self.text.push('\n');
        }
        self.ends.push(self.text.len());
    }

    /// The lines in which a folded text occurs, each once, in order.
    fn places<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = usize> + 'a {
        let finder = memchr::memmem::Finder::new(folded.as_bytes());
        let (mut from, mut next) = (0, 0);
        std::iter::from_fn(move || {
            let at = from + finder.find(&self.text.as_bytes()[from..])?;
            // Where hits are dense the line is near; where they are rare it is looked for by halves.
            let near = self.ends[next..].iter().take(8).position(|end| *end > at);
            let place = near.map_or_else(|| self.ends.partition_point(|end| *end <= at), |steps| next + steps);
            from = *self.ends.get(place)?;
            next = place + 1;
            Some(place)
        })
    }

    /// The parts of a line with blanks between them.
    fn line(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        let line = &self.text[start..self.ends[place]];
        line.strip_suffix('\n').unwrap_or(line)
    }
}

/// Lower case, full-width forms made half-width, blanks dropped.
pub(crate) fn fold(text: impl Iterator<Item = char>) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.map(half).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Pinyin without tones, and its initials; other characters stay as they are.
fn spelled(name: &str) -> (String, String) {
    let mut full = String::new();
    let mut initials = String::new();
    for c in fold(name.chars()).chars() {
        match c.to_pinyin() {
            Some(sound) => {
                full.push_str(sound.plain());
                initials.push_str(sound.first_letter());
            }
            None => {
                full.push(c);
                initials.push(c);
            }
        }
    }
    (full, initials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_the_line_that_holds_it_and_across_no_two() {
        let mut lines = Lines::default();
        for parts in [&["ab", "cd"][..], &[], &["b"], &["abab"], &["x"]] {
            lines.push(parts.iter().copied());
        }
        let places = |text: &str| lines.places(text).collect::<Vec<usize>>();
        assert_eq!((places("b"), places("ab"), places("x")), (vec![0, 2, 3], vec![0, 3], vec![4]));
        assert_eq!((places("bc"), places("bb"), places("dx")), (vec![], vec![], vec![]));
        assert_eq!((lines.line(0), lines.line(1), lines.line(4)), ("ab\ncd", "", "x"));
    }
}
