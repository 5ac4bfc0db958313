//! What would bring a customer back: the smallest change among what staff can change, found by asking the model or the
//! scorecard itself.
//!
//! It says how they reckon, not what a change would do: that takes a holdout. Each figure is moved by itself, within
//! what the firm's own customers have (their deciles); formulas of it stay as they are.

use std::collections::BTreeMap;

use actions::Lever as Declared;
use indicators::{Indicator, Worse, figure, unit_word};
use scores::score_said;
use training::risk::{Change, Lever, smallest_change};
use vocab::Band;

use crate::App;
use crate::moment::snapshot::Snapshot;
use crate::risk::champion::{Crowd, CrowdSaid};
use crate::risk::page::Told;
use crate::view::{WayBack, WayBackMove, Words};

/// More things at once than this nobody does.
const MOST_MOVES: usize = 3;
/// Where one thing is not enough: of how many, the strongest, several are tried together.
const STRONGEST: usize = 5;
/// And at how many steps of each.
const STEPS_TOGETHER: usize = 4;

/// A lever with what it is called by.
struct Handle<'a> {
    declared: &'a Declared,
    indicator: &'a Indicator,
    now: f64,
    lever: Lever,
}

/// What came of a search.
struct Found {
    change: Option<Change>,
    /// The lowest number that any try reached.
    least: Option<f64>,
}

impl App {
    /// Down to the mean risk of the customers asked about.
    pub(crate) fn risk_way(&self, told: &Told<'_>, said: &CrowdSaid) -> WayBack {
        let champion = told.champion;
        let place = champion.place;
        let columns = champion.model.columns();
        let row = champion.asked(&told.shown.indicators).row(told.place);
        let (now, target) = (champion.risks(&row)[place], said.usual[place]);
        let is_asked = |id: &str| columns.iter().any(|column| column == id);
        let handles = self.handles((told.shown, told.place), (told.lists, told.crowd), &is_asked);
        let places: Vec<Option<usize>> = handles
            .iter()
            .map(|handle| columns.iter().position(|column| *column == handle.declared.indicator))
            .collect();
        let judge = |moves: &[(usize, f64)]| {
            let mut row = row.clone();
            moves.iter().filter_map(|(lever, to)| Some((places[*lever]?, to))).for_each(|(at, to)| row[at] = *to);
            champion.risks(&row)[place]
        };
        let share = |risk: f64| figure(risk, "ratio");
        let words = Phrases {
            of: "risk",
            unit: &share,
            name: ("流失概率", "risk"),
            target: ("大家的平均水平", "the mean of all"),
            is_over: now > target,
        };
        way_back(&handles, (now, target), judge, 1.0, &words)
    }

    /// Up into the best band of health; `None` where there is no computed health, or a person's word stands in its
    /// place.
    pub(crate) fn health_way(
        &self,
        (shown, place): (&Snapshot, usize),
        (lists, crowd): (&Snapshot, &Crowd),
    ) -> Option<WayBack> {
        let (book, score) = (self.book_of(shown)?, shown.score(place)?);
        let floor = book.of(score).bands.iter().find(|(band, _)| *band == Band::Low).map(|(_, floor)| floor.points());
        let (Some(health), Some(floor), None) = (score.health, floor, &score.correction) else { return None };
        let counts =
            |id: &str| score.contributions.iter().any(|one| one.indicator == id && one.points_hundredths.is_some());
        let handles = self.handles((shown, place), (lists, crowd), &counts);
        let (said, at) = shown.heard();
        let catalog = &self.definitions().catalog;
        let judge = |moves: &[(usize, f64)]| {
            let changes: Vec<(&str, f64)> =
                moves.iter().map(|(lever, to)| (handles[*lever].declared.indicator.as_str(), *to)).collect();
            let frame = shown.indicators.what_if(place, &changes);
            let scored = score_said(&frame, book, catalog, said, at);
            scored.at(0).health.map_or(f64::INFINITY, |health| -health.points())
        };
        let points = |points: f64| figure(points.round(), "point");
        let words = Phrases {
            of: "health",
            unit: &points,
            name: ("健康分", "health"),
            target: ("低风险", "the low-risk band"),
            is_over: health.points() < floor,
        };
        Some(way_back(&handles, (health.points(), floor), judge, -1.0, &words))
    }

    /// What staff can change of this customer: levers that are asked for, known, and not at the best already.
    fn handles(
        &self,
        (shown, place): (&Snapshot, usize),
        (lists, crowd): (&Snapshot, &Crowd),
        is_asked: &dyn Fn(&str) -> bool,
    ) -> Vec<Handle<'_>> {
        let definitions = self.definitions();
        let mut handles = Vec::new();
        for declared in definitions.reason_tree.levers() {
            let id = declared.indicator.as_str();
            let known = shown.indicators.cell(place, id).known().filter(|_| is_asked(id));
            let (Some(indicator), Some(now)) = (definitions.catalog.get(id), known) else { continue };
            let steps = steps(&crowd.sorted(lists, id), now, indicator.worse);
            if !steps.is_empty() {
                let lever = Lever { place: handles.len(), steps };
                handles.push(Handle { declared, indicator, now, lever });
            }
        }
        handles
    }
}

/// Where a figure may be moved to: the deciles of the firm's customers on its better side, the nearest first.
fn steps(sorted: &[f64], now: f64, worse: Worse) -> Vec<f64> {
    if sorted.is_empty() {
        return Vec::new();
    }
    let mut deciles: Vec<f64> = (1..10).map(|k| sorted[(sorted.len() - 1) * k / 10]).collect();
    deciles.dedup();
    match worse {
        Worse::Higher => deciles.into_iter().rev().filter(|value| *value < now).collect(),
        Worse::Lower => deciles.into_iter().filter(|value| *value > now).collect(),
        Worse::Both | Worse::None => Vec::new(),
    }
}

/// The smallest change by which `judge` falls to `target`: every step of every lever alone; where none is enough, two
/// and three of the strongest together.
fn search(levers: &[Lever], target: f64, judge: impl Fn(&[(usize, f64)]) -> f64) -> Found {
    let mut alone: BTreeMap<usize, f64> = BTreeMap::new();
    let one = smallest_change(levers, 1, target, |moves| {
        let reached = judge(moves);
        for (place, _) in moves {
            let least = alone.entry(*place).or_insert(reached);
            *least = least.min(reached);
        }
        reached
    });
    let mut least = alone.values().copied().reduce(f64::min);
    if one.is_some() {
        return Found { change: one, least };
    }
    let of = |lever: &Lever| alone.get(&lever.place).copied().unwrap_or(f64::INFINITY);
    let mut strongest: Vec<Lever> = levers.to_vec();
    strongest.sort_by(|one, other| of(one).total_cmp(&of(other)).then(one.place.cmp(&other.place)));
    strongest.truncate(STRONGEST);
    strongest.iter_mut().for_each(|lever| lever.steps = thinned(&lever.steps));
    strongest.sort_by_key(|lever| lever.place);
    let change = smallest_change(&strongest, MOST_MOVES, target, |moves| {
        let reached = judge(moves);
        least = least.map(|least| least.min(reached));
        reached
    });
    Found { change, least }
}

/// Some of the steps, evenly, the last among them.
fn thinned(steps: &[f64]) -> Vec<f64> {
    if steps.len() <= STEPS_TOGETHER {
        return steps.to_vec();
    }
    (1..=STEPS_TOGETHER).map(|part| steps[part * steps.len() / STEPS_TOGETHER - 1]).collect()
}

/// How a way back is said.
struct Phrases<'a> {
    of: &'a str,
    unit: &'a dyn Fn(f64) -> String,
    name: (&'a str, &'a str),
    target: (&'a str, &'a str),
    /// Whether it is on the wrong side of the target.
    is_over: bool,
}

/// Searches and says what came of it. What is judged is `sign` times what is shown.
fn way_back(
    handles: &[Handle<'_>],
    (now, target): (f64, f64),
    judge: impl Fn(&[(usize, f64)]) -> f64,
    sign: f64,
    words: &Phrases<'_>,
) -> WayBack {
    let levers: Vec<Lever> = handles.iter().map(|handle| handle.lever.clone()).collect();
    let found = match words.is_over {
        true => search(&levers, sign * target, judge),
        false => Found { change: None, least: None },
    };
    let state = match (&found.change, words.is_over, levers.is_empty()) {
        (_, false, _) => "not_needed",
        (Some(_), ..) => "found",
        (None, _, true) => "no_lever",
        (None, ..) => "none",
    };
    let moves = found.change.as_ref().map(|change| change.moves.iter().map(|(at, to)| a_move(&handles[*at], *to)));
    let moves: Vec<WayBackMove> = moves.map(Iterator::collect).unwrap_or_default();
    let reached = found.change.as_ref().map(|change| change.reached).or(found.least).map(|reached| sign * reached);
    let sentence = sentence(state, &moves, (now, target, reached), handles.len(), words);
    WayBack { of: words.of.to_owned(), state: state.to_owned(), now, target, reached, moves, sentence }
}

fn a_move(handle: &Handle<'_>, to: f64) -> WayBackMove {
    WayBackMove {
        indicator: handle.indicator.id.clone(),
        name: Words::from(&handle.indicator.name),
        unit: handle.indicator.unit.clone(),
        from: handle.now,
        to,
        action: Words::from(&handle.declared.action),
    }
}

fn sentence(
    state: &str,
    moves: &[WayBackMove],
    (now, target, reached): (f64, f64, Option<f64>),
    levers: usize,
    words: &Phrases<'_>,
) -> Words {
    let say = words.unit;
    let ((name_zh, name_en), (target_zh, target_en)) = (words.name, words.target);
    match (state, reached) {
        ("found", Some(reached)) => {
            let zh: Vec<String> = moves.iter().map(|one| moved(one).0).collect();
            let en: Vec<String> = moves.iter().map(|one| moved(one).1).collect();
            Words::new(
                format!(
                    "{}：按现在的算法，{name_zh}会从 {} 到 {}（{target_zh}是 {}）",
                    zh.join("；"),
                    say(now),
                    say(reached),
                    say(target)
                ),
                format!(
                    "{}: by today's reckoning {name_en} would go from {} to {} ({target_en}: {})",
                    en.join("; "),
                    say(now),
                    say(reached),
                    say(target)
                ),
            )
        }
        ("none", Some(reached)) => Words::new(
            format!(
                "员工能改变的 {levers} 件事里，最多同时改 {} 件，也到不了{target_zh} {}，最好到 {}：要靠别的办法",
                MOST_MOVES.min(levers),
                say(target),
                say(reached)
            ),
            format!(
                "Changing up to {} of the {levers} things that staff can change does not bring {name_en} to {target_en} \
                 ({}); the best is {}: it takes something else",
                MOST_MOVES.min(levers),
                say(target),
                say(reached)
            ),
        ),
        ("not_needed", _) => Words::new(
            format!("{name_zh} {} 已经在{target_zh}（{}）以内，不用特别做什么", say(now), say(target)),
            format!("{name_en} of {} is within {target_en} ({}) already: nothing is needed", say(now), say(target)),
        ),
        _ => Words::new(
            "参与计算的指标里，没有员工还能直接改善的",
            "Among the indicators that count there is none that staff could still improve",
        ),
    }
}

/// A move in words: what to do, and the figure from and to.
fn moved(one: &WayBackMove) -> (String, String) {
    let (from, to, unit) = (figure(one.from, &one.unit), figure(one.to, &one.unit), unit_word(&one.unit));
    let zh = format!("{}（{}从 {from} 到 {to} {}", one.action.zh, one.name.zh, unit.zh);
    let en = format!("{} ({} from {from} to {to} {}", one.action.en, one.name.en, unit.en);
    (format!("{}）", zh.trim_end()), format!("{})", en.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_moves_only_to_the_better_side_and_the_nearest_decile_comes_first() {
        let sorted: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(steps(&sorted, 35.0, Worse::Higher), [30.0, 20.0, 10.0]);
        assert_eq!(steps(&sorted, 75.0, Worse::Lower), [80.0, 90.0]);
        assert_eq!(steps(&sorted, 95.0, Worse::Lower), [0.0; 0], "it is better than nearly all already");
        assert_eq!(steps(&[], 1.0, Worse::Higher), [0.0; 0]);
        assert_eq!(steps(&sorted, 1.0, Worse::None), [0.0; 0]);
        assert_eq!(thinned(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]), [2.0, 4.0, 6.0, 9.0]);
    }

    #[test]
    fn where_one_thing_is_not_enough_two_are_found_and_where_nothing_is_the_best_is_told() {
        let levers: Vec<Lever> = (0..7).map(|place| Lever { place, steps: vec![1.0, 2.0] }).collect();
        // The last two levers are worth most; together they reach 4.
        let judge = |moves: &[(usize, f64)]| {
            10.0 - moves.iter().map(|(at, to)| to * [0.1, 0.1, 0.1, 0.1, 0.1, 1.0, 2.0][*at]).sum::<f64>()
        };
        let found = search(&levers, 4.5, judge);
        let change = found.change.unwrap();
        assert_eq!((change.moves, change.reached), (vec![(5, 2.0), (6, 2.0)], 4.0));
        let found = search(&levers, 6.0, judge);
        assert_eq!(found.change.unwrap().moves, [(6, 2.0)]);
        let found = search(&levers, 1.0, judge);
        assert!(found.change.is_none());
        assert!((found.least.unwrap() - 3.8).abs() < 1e-9, "{:?}", found.least);
        assert!(search(&[], 1.0, judge).least.is_none());
    }
}
