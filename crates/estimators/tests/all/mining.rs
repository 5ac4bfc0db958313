//! Short rules: planted ones are found, chance is not told, and the figures are those of counting by hand.

use estimators::chance::Chance;
use estimators::mining::{Clause, Field, MineOptions, Mining, Says, mine};

/// Customers of a world: four numbers, two categories, whether each left.
struct World {
    numbers: Vec<Vec<f64>>,
    plan: Vec<f64>,
    place: Vec<f64>,
    left: Vec<bool>,
}

/// `risk` of a row's numbers and plan.
fn world(rows: usize, seed: u64, risk: impl Fn(&[f64], usize) -> f64) -> World {
    let mut chance = Chance::new(seed);
    let mut world = World { numbers: vec![Vec::new(); 4], plan: vec![], place: vec![], left: vec![] };
    for _ in 0..rows {
        let row: Vec<f64> = (0..4).map(|_| (chance.uniform() * 200.0).round()).collect();
        let (plan, place) = (chance.below(4), chance.below(9));
        world.left.push(chance.uniform() < risk(&row, plan));
        world.numbers.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        world.plan.push(plan as f64);
        world.place.push(place as f64);
    }
    world
}

impl World {
    fn fields(&self) -> Vec<Field<'_>> {
        let mut fields: Vec<Field<'_>> = self.numbers.iter().map(|column| Field::Number(column)).collect();
        fields.push(Field::Category { codes: &self.plan, levels: 4 });
        fields.push(Field::Category { codes: &self.place, levels: 9 });
        fields
    }

    /// Every other row is searched, the rest confirms.
    fn mined(&self, groups: &[u32]) -> Mining {
        let half = |is: u32| (0..self.left.len() as u32).filter(|row| groups[*row as usize] % 2 == is).collect();
        let (found, confirm): (Vec<u32>, Vec<u32>) = (half(0), half(1));
        mine(&self.fields(), &self.left, groups, &found, &confirm, &MineOptions::default())
    }

    fn mined_apart(&self) -> Mining {
        self.mined(&(0..self.left.len() as u32).collect::<Vec<u32>>())
    }
}

#[test]
fn planted_rules_are_found_where_they_are_cut_and_each_condition_is_needed() {
    let risk = |row: &[f64], plan: usize| match (row[0] > 180.0, plan == 2 && row[1] <= 60.0) {
        (true, _) => 0.6,
        (_, true) => 0.8,
        _ => 0.06,
    };
    let world = world(4_000, 1, risk);
    let mining = world.mined_apart();
    let cut = |clauses: &[Clause]| match clauses {
        [Clause { column: 0, says: Says::AtLeast(cut) }] => (176.0..=186.0).contains(cut),
        [Clause { column: 1, says: Says::AtMost(cut) }, Clause { column: 4, says: Says::Is(2) }] => {
            (55.0..=65.0).contains(cut)
        }
        _ => false,
    };
    let planted: Vec<_> = mining.rules.iter().filter(|rule| cut(&rule.clauses)).collect();
    assert_eq!(planted.len(), 2, "{:#?}", mining.rules);
    for rule in &mining.rules {
        // Counted by hand on the rows that confirm.
        let fields = world.fields();
        let inside =
            (0..4_000u32).filter(|row| row % 2 == 1 && rule.clauses.iter().all(|one| one.holds(&fields, *row)));
        let (rows, left) =
            inside.fold((0, 0), |(rows, left), row| (rows + 1, left + usize::from(world.left[row as usize])));
        assert_eq!((rule.confirmed.rows, rule.confirmed.left), (rows, left), "{rule:?}");
        let all = (1..4_000).step_by(2).filter(|row| world.left[*row]).count() as f64 / 2_000.0;
        assert!((rule.precision.share - left as f64 / rows as f64).abs() < 1e-12);
        assert!((rule.lift - rule.precision.share / all).abs() < 1e-9, "{rule:?}");
        assert!(rule.precision.low <= rule.precision.share && rule.precision.share <= rule.precision.high);
        assert!(rule.clauses.len() <= 3 && rule.q <= 0.05 && rule.p <= rule.q, "{rule:?}");
    }
}

#[test]
fn of_twenty_worlds_without_any_rule_hardly_one_tells_one() {
    let told = |seed: u64| world(600, seed, |_, _| 0.2).mined_apart();
    let worlds: Vec<Mining> = (100..120).map(told).collect();
    assert!(worlds.iter().any(|mining| mining.tested > 0), "the search did try");
    let lucky = worlds.iter().filter(|mining| !mining.rules.is_empty()).count();
    // One in twenty by the stated share of luck; four or more of twenty would come of it once in sixty times.
    assert!(lucky <= 3, "{lucky}");
}

#[test]
fn a_test_by_customer_is_the_share_of_shuffles_that_do_as_well() {
    let risk = |row: &[f64], _: usize| if row[0] > 150.0 { 0.22 } else { 0.15 };
    let world = world(6_000, 8, risk);
    let rows: Vec<u32> = (0..6_000).collect();
    let (found, confirm) = rows.split_at(5_400);
    let mining = mine(
        &world.fields(),
        &world.left,
        &rows,
        found,
        confirm,
        &MineOptions { least_lift: 1.0, false_share: 1.0, kept: 1_000, ..MineOptions::default() },
    );
    let rule = mining.rules.iter().find(|rule| rule.clauses.len() == 1 && rule.clauses[0].column == 0);
    let rule = rule.unwrap_or_else(|| panic!("{:#?}", mining.rules));
    let fields = world.fields();
    let inside: Vec<bool> = confirm.iter().map(|row| rule.clauses[0].holds(&fields, *row)).collect();
    let mut outcomes: Vec<bool> = confirm.iter().map(|row| world.left[*row as usize]).collect();
    let hits = |outcomes: &[bool]| outcomes.iter().zip(&inside).filter(|(left, is)| **left && **is).count();
    let seen = hits(&outcomes);
    let mut chance = Chance::new(3);
    let as_many = (0..4_000).filter(|_| {
        chance.shuffle(&mut outcomes);
        hits(&outcomes) >= seen
    });
    let share = as_many.count() as f64 / 4_000.0;
    assert!(share > 0.0 && share < 0.3 && (rule.p - share).abs() < 0.02, "{} beside {share}", rule.p);
}

#[test]
fn the_same_customers_seen_four_times_are_no_surer_than_seen_once() {
    let risk = |row: &[f64], _: usize| if row[2] > 150.0 { 0.5 } else { 0.1 };
    let once = world(1_200, 5, risk);
    let four = |column: &[f64]| column.repeat(4);
    let again = World {
        numbers: once.numbers.iter().map(|column| four(column)).collect(),
        plan: four(&once.plan),
        place: four(&once.place),
        left: once.left.repeat(4),
    };
    let groups: Vec<u32> = (0..1_200).collect();
    let (one, other) = (once.mined(&groups), again.mined(&groups.repeat(4)));
    let single = |mining: &Mining| {
        let rule = mining.rules.iter().find(|rule| rule.clauses.len() == 1 && rule.clauses[0].column == 2);
        rule.cloned().unwrap_or_else(|| panic!("{:#?}", mining.rules))
    };
    let (one, other) = (single(&one), single(&other));
    assert_eq!(other.confirmed.customers, one.confirmed.customers);
    assert!((other.p / one.p - 1.0).abs() < 0.5, "{} {}", one.p, other.p);
    assert!((other.precision.low - one.precision.low).abs() < 0.03, "{one:?} {other:?}");
}

#[test]
fn one_outcome_gives_no_rule_and_the_same_rows_the_same_rules() {
    let world = world(400, 9, |row, _| if row[0] > 100.0 { 0.6 } else { 0.1 });
    assert_eq!(world.mined_apart(), world.mined_apart());
    let none = World { left: vec![false; 400], ..world };
    assert!(none.mined_apart().rules.is_empty());
}
