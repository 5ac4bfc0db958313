//! Finding a customer by part of its name, its id, its pinyin or its initials.

use vocab::{AsOf, Instant, Scope};

use crate::App;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::moment::spelling::{Fit, Spelling, fold};
use crate::view::SearchHit;

const MOST_HITS: usize = 20;

/// What somebody typed, folded for comparison.
pub(crate) struct Needle {
    folded: String,
    /// Only Latin letters and digits: may be pinyin.
    latin: bool,
}

impl Needle {
    /// `None` when nothing but blanks was typed.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let folded = fold(text.chars().take(100));
        let latin = folded.chars().all(|c| c.is_ascii_alphanumeric());
        (!folded.is_empty()).then_some(Self { folded, latin })
    }

    /// Places of the customers that are meant.
    pub(crate) fn places(&self, snapshot: &Snapshot) -> Meant {
        let spelling = snapshot.roll.spelling(snapshot);
        let mut marks = vec![false; snapshot.customers().len()];
        self.written(spelling, |_| true).for_each(|fit| marks[fit.place as usize] = true);
        self.sounding(spelling, |_| true).for_each(|fit| marks[fit.place as usize] = true);
        let places = marks.iter().enumerate().filter(|(_, is_meant)| **is_meant).map(|(place, _)| place).collect();
        Meant { places, marks }
    }

    /// So many customers that are meant, of those asked about, the best first: by how good the fit is, then the shorter name.
    fn best(&self, spelling: &Spelling, asked: impl Fn(usize) -> bool, most: usize) -> Vec<Fit> {
        let mut fits: Vec<Fit> = self.written(spelling, &asked).collect();
        // What only sounds so fits worse than whatever is written so.
        if fits.len() < most {
            let written: Vec<u32> = fits.iter().map(|fit| fit.place).collect();
            let sounding = self.sounding(spelling, &asked);
            fits.extend(sounding.filter(|fit| written.binary_search(&fit.place).is_err()));
        }
        if fits.len() > most {
            fits.select_nth_unstable(most);
            fits.truncate(most);
        }
        fits.sort_unstable();
        fits
    }

    fn written<'a>(
        &'a self,
        spelling: &'a Spelling,
        asked: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = Fit> + 'a {
        spelling.written(&self.folded, asked, |id, name| self.rank_written(id, name))
    }

    fn sounding<'a>(
        &'a self,
        spelling: &'a Spelling,
        asked: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = Fit> + 'a {
        let sounding =
            || spelling.sounding(&self.folded, asked, |initials, full| Some(self.rank_sound(initials, full)));
        self.latin.then(sounding).into_iter().flatten()
    }

    /// How well an id and a name fit that hold the text, 0 best; `None` is no fit: an id is known by how it begins.
    fn rank_written(&self, id: &str, name: Option<&str>) -> Option<u8> {
        let own = self.folded.as_str();
        if id == own || name == Some(own) {
            return Some(0);
        }
        if name.is_some_and(|name| name.starts_with(own)) {
            return Some(1);
        }
        (id.starts_with(own) || name.is_some_and(|name| name.contains(own))).then_some(2)
    }

    /// How well initials and pinyin fit that hold the text: after everything that is written so.
    fn rank_sound(&self, initials: &str, full: &str) -> u8 {
        let own = self.folded.as_str();
        if initials.starts_with(own) || full.starts_with(own) { 3 } else { 4 }
    }
}

/// Whom a text means.
pub(crate) struct Meant {
    /// In order.
    pub places: Vec<usize>,
    marks: Vec<bool>,
}

impl Meant {
    /// Whether the customer at a place is one of them.
    pub(crate) fn contains(&self, position: &usize) -> bool {
        self.marks[*position]
    }
}

impl App {
    /// Customers that a text may mean, best first, at most twenty.
    pub async fn search(
        &self,
        scope: &Scope,
        text: &str,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<SearchHit>, Error> {
        let Some(needle) = Needle::new(text) else {
            return Ok(Vec::new());
        };
        let snapshot = self.snapshot(as_of, now).await?;
        let admitted = snapshot.roll.admitted(scope, None);
        let best = needle.best(snapshot.roll.spelling(&snapshot), |position| admitted.has(position), MOST_HITS);
        let hit = |fit: Fit| {
            let position = fit.place as usize;
            SearchHit {
                customer_id: snapshot.customers()[position].to_string(),
                name: snapshot.name(position).to_owned(),
                owner: snapshot.cards[position].owner.as_deref().map(str::to_owned),
                band: snapshot.band(position).map(|band| band.as_str().to_owned()),
            }
        };
        Ok(best.into_iter().map(hit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(needle: &str, id: &str, name: Option<&str>) -> Option<u8> {
        let spelling = Spelling::of(std::iter::once((id, name)));
        Some(Needle::new(needle)?.best(&spelling, |_| true, 1).first()?.rank)
    }

    fn fits(needle: &str, id: &str, name: &str) -> bool {
        rank(needle, id, Some(name)).is_some()
    }

    #[test]
    fn the_closest_fit_comes_first() {
        let ranks =
            [("云栈科技", 0), ("C-17", 0), ("云栈", 1), ("c-1", 2), ("栈科", 2), ("yz", 3), ("yunzhan", 3), ("zk", 4)];
        for (needle, wanted) in ranks {
            assert_eq!(rank(needle, "C-17", Some("云栈科技")), Some(wanted), "{needle}");
        }
        assert_eq!(
            (rank("17", "C-17", None), rank("c", "C-17", None)),
            (None, Some(2)),
            "an id is known by how it begins"
        );
    }

    #[test]
    fn a_customer_is_found_by_name_id_pinyin_and_initials() {
        for needle in ["云栈", "C-17", "yunzhan", "yzkj", "YZ", "云 栈", "c-17"] {
            assert!(fits(needle, "C-17", "云栈科技"), "{needle}");
        }
        for needle in ["华为", "zyk", "C-18"] {
            assert!(!fits(needle, "C-17", "云栈科技"), "{needle}");
        }
    }

    #[test]
    fn blanks_ask_for_nobody() {
        assert!(Needle::new("  ").is_none());
    }

    #[test]
    fn full_width_letters_are_letters() {
        assert!(fits("ABC", "1", "abc公司"));
    }

    #[test]
    fn the_best_of_many_are_those_of_ranking_everybody() {
        let names: Vec<(String, Option<String>)> = (0..400)
            .map(|n: usize| {
                let part = |words: &[&str], at: usize| words[at % words.len()].to_owned();
                let name = part(&["云", "海", "Ya", "y", "亚"], n) + &part(&["帆", "y", "栈科技", ""], n / 5);
                (
                    format!("{}{n}", part(&["y", "C", "Yb-"], n / 3)),
                    (!n.is_multiple_of(7)).then(|| name + &part(&["", "9"], n / 20)),
                )
            })
            .collect();
        let everybody = || names.iter().map(|(id, name)| (id.as_str(), name.as_deref()));
        let spelling = Spelling::of(everybody());
        for text in ["y", "ya", "云", "yz", "c1", "9", "帆", "y1", "kj"] {
            let needle = Needle::new(text).unwrap();
            let mut naive: Vec<(u8, usize, usize)> = everybody()
                .enumerate()
                .filter_map(|(at, (id, name))| Some((rank(text, id, name)?, name.unwrap_or(id).chars().count(), at)))
                .collect();
            naive.sort_unstable();
            for most in [1, 20, 1_000] {
                let best = needle.best(&spelling, |place| place % 3 != 0, most);
                let places: Vec<usize> = best.iter().map(|fit| fit.place as usize).collect();
                let wanted = naive.iter().map(|(_, _, at)| *at).filter(|at| at % 3 != 0).take(most);
                assert_eq!(places, wanted.collect::<Vec<usize>>(), "{text}, {most}");
            }
        }
    }
}
