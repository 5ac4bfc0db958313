//! Lists of cases are found in an index kept in memory: whatever was done, by whom and through which connection, they are
//! what a naive walk over every case finds; and so are the counts of alerts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use alerts::{AlertPlan, Resolution, ResolvedAlert};
use store::{
    AlertFilter, AlertRecord, AlertResolution, AlertSlice, AlertState, CaseFilter, CaseKey, CaseOrder, CaseOutcome,
    CaseRecord, CaseSlice, CaseState, Closing, DeskClocks, NewCaseTask, NewStaff, PoolClaim, Role, RuleCount, Snoozing,
    Standing, Store, Whose,
};
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::door::{Door, People as _, alert, apply, case, hour, mine, moves_along, opening, owned, working};

const OWNERS: [&str; 3] = ["wang", "li", "-"];
const ROUNDS: i64 = 10;

/// Luck that is the same every time.
struct Luck(u64);

impl Luck {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

/// Cases that are somebody's work whatever desk they are on.
#[derive(Default)]
struct Known {
    tasks: BTreeMap<i64, BTreeSet<i64>>,
    mentions: BTreeMap<i64, BTreeSet<i64>>,
}

impl Known {
    /// Everything but states, stages and types.
    fn around(&self, filter: &CaseFilter, scope: &Scope, one: &CaseRecord) -> bool {
        let has =
            |of: &BTreeMap<i64, BTreeSet<i64>>, staff: &i64| of.get(staff).is_some_and(|ids| ids.contains(&one.id));
        let desk = one.assigned_to.as_deref();
        let whose = match &filter.whose {
            None => true,
            Some(Whose::Desks(desks)) => desk.is_some_and(|desk| desks.iter().any(|one| one == desk)),
            Some(Whose::Mine { desk: mine, staff }) => desk == Some(mine.as_str()) || has(&self.tasks, staff),
            Some(Whose::Pool) => desk.is_none(),
            Some(Whose::Mentioning(staff)) => has(&self.mentions, staff),
        };
        let unmet = |met: Option<Instant>, by: Option<Instant>, (from, to): (Instant, Instant)| {
            met.is_none() && by.is_some_and(|by| (from..=to).contains(&by))
        };
        let watched = filter.watched.is_none_or(|span| {
            unmet(one.accepted_at, Some(one.accept_by), span)
                || unmet(one.replied_at, one.reply_by, span)
                || unmet(one.acted_at, Some(one.act_by), span)
                || (one.state == CaseState::New && one.severity == Severity::Urgent && one.opened_at >= span.0)
        });
        scope.admits(one.owner.as_deref())
            && filter.owner.as_deref().is_none_or(|owner| one.owner.as_deref().unwrap_or("-") == owner)
            && filter.customers.as_ref().is_none_or(|customers| customers.contains(&one.customer_id))
            && filter.ids.as_ref().is_none_or(|ids| ids.contains(&one.id))
            && filter.closed_from.is_none_or(|from| one.closed_at >= Some(from))
            && filter.overdue_at.is_none_or(|at| one.due_at.is_some_and(|due| due < at))
            && (!filter.is_said || one.outcome.is_some_and(CaseOutcome::is_said))
            && whose
            && watched
    }
}

fn in_states(filter: &CaseFilter, one: &CaseRecord) -> bool {
    (filter.states.is_empty() || filter.states.contains(&one.state))
        && (filter.stages.is_empty() || filter.stages.contains(&one.stage))
}

fn of_types(filter: &CaseFilter, one: &CaseRecord) -> bool {
    filter.case_types.is_empty() || filter.case_types.contains(&one.case_type)
}

/// The same questions of the store and of a walk over every case.
async fn compare(store: &Store, every: &[CaseRecord], known: &Known, people: [i64; 2], what: &str) {
    let whose = |whose| CaseFilter { whose: Some(whose), ..CaseFilter::default() };
    let open = vec![CaseState::New, CaseState::Accepted];
    let some: Vec<CustomerId> = (0..40).step_by(3).map(|number| CustomerId::new(format!("C{number}"))).collect();
    let filters = [
        CaseFilter::default(),
        CaseFilter { states: open.clone(), ..CaseFilter::default() },
        CaseFilter { stages: vec!["accepted".to_owned()], ..CaseFilter::default() },
        CaseFilter { case_types: vec!["complaint".to_owned()], ..CaseFilter::default() },
        CaseFilter { overdue_at: Some(hour(24)), states: open.clone(), ..CaseFilter::default() },
        CaseFilter { owner: Some("wang".to_owned()), ..CaseFilter::default() },
        CaseFilter { owner: Some("-".to_owned()), states: open.clone(), ..CaseFilter::default() },
        CaseFilter { closed_from: Some(hour(30)), is_said: true, ..CaseFilter::default() },
        CaseFilter { watched: Some((hour(10), hour(40))), states: open, ..CaseFilter::default() },
        CaseFilter { customers: Some(some.clone()), ..CaseFilter::default() },
        CaseFilter { ids: Some(vec![9, 2, 2, 77, 5]), ..CaseFilter::default() },
        CaseFilter { ids: Some((1..20).collect()), customers: Some(some), ..CaseFilter::default() },
        whose(Whose::Pool),
        whose(Whose::Desks(vec!["wang".to_owned(), "zhao".to_owned()])),
        whose(Whose::Mine { desk: "li".to_owned(), staff: people[1] }),
        whose(Whose::Mine { desk: "nobody's".to_owned(), staff: people[0] }),
        whose(Whose::Mentioning(people[0])),
    ];
    for scope in [Scope::All, mine(&["wang"]), mine(&["wang", "li"]), mine(&[])] {
        let mut one_by_one = Vec::new();
        for filter in &filters {
            let around: Vec<&CaseRecord> = every.iter().filter(|one| known.around(filter, &scope, one)).collect();
            let mut found: Vec<&CaseRecord> = around.clone();
            found.retain(|one| in_states(filter, one) && of_types(filter, one));
            let keys: Vec<CaseKey> = found
                .iter()
                .map(|one| CaseKey { id: one.id, customer: one.customer_id.clone(), due_at: one.due_at })
                .collect();
            assert_eq!(store.case_keys(&scope, filter).await.unwrap(), keys, "{what}: {filter:?} as {scope:?}");
            assert_eq!(store.case_count(&scope, filter).await.unwrap(), keys.len() as u64, "{what}: {filter:?}");
            one_by_one.push(keys.len() as u64);
            for order in [CaseOrder::Newest, CaseOrder::Due] {
                match order {
                    CaseOrder::Newest => found.sort_by_key(|one| Reverse((one.opened_at, one.id))),
                    CaseOrder::Due => found.sort_by_key(|one| (one.due_at.is_none(), one.due_at, one.id)),
                }
                for (offset, limit) in [(0, None), (0, Some(3)), (2, Some(4)), (500, Some(4)), (1, Some(0))] {
                    let page = store.cases(&scope, filter, CaseSlice { order, offset, limit }).await.unwrap();
                    let wanted = found.iter().skip(offset as usize).take(limit.unwrap_or(u64::MAX) as usize);
                    let wanted: Vec<CaseRecord> = wanted.map(|one| (*one).clone()).collect();
                    assert_eq!(page.rows, wanted, "{what}: {filter:?} as {scope:?}, {order:?} from {offset}");
                    assert_eq!(page.total, found.len() as u64, "{what}: {filter:?} as {scope:?}");
                    let (mut states, mut stages, mut types) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
                    for one in around.iter().filter(|one| of_types(filter, one)) {
                        *states.entry(one.state).or_default() += 1;
                        *stages.entry(one.stage.clone()).or_default() += 1;
                    }
                    for one in around.iter().filter(|one| in_states(filter, one)) {
                        *types.entry(one.case_type.clone()).or_default() += 1;
                    }
                    let counts = (page.state_counts, page.stage_counts, page.type_counts);
                    assert_eq!(counts, (states, stages, types), "{what}: {filter:?} as {scope:?}");
                }
            }
        }
        assert_eq!(store.case_counts(&scope, &filters).await.unwrap(), one_by_one, "{what} as {scope:?}");
        let mut clocks = store.desk_clocks(&scope, hour(20), hour(30)).await.unwrap();
        clocks.sort_by(|a, b| a.desk.cmp(&b.desk));
        assert_eq!(clocks, naive_clocks(every, &scope), "{what} as {scope:?}");
    }
}

fn naive_clocks(every: &[CaseRecord], scope: &Scope) -> Vec<DeskClocks> {
    let seen = |one: &&CaseRecord| one.state != CaseState::Closed && scope.admits(one.owner.as_deref());
    let open: Vec<&CaseRecord> = every.iter().filter(seen).collect();
    let desks: BTreeSet<Option<&str>> = open.iter().map(|one| one.assigned_to.as_deref()).collect();
    let of = |desk: Option<&str>| {
        let theirs: Vec<&&CaseRecord> = open.iter().filter(|one| one.assigned_to.as_deref() == desk).collect();
        let due = |from: Instant, to: Instant| {
            theirs.iter().filter(|one| one.due_at.is_some_and(|due| due >= from && due < to)).count() as u64
        };
        DeskClocks {
            desk: desk.map(str::to_owned),
            open: theirs.len() as u64,
            waiting: theirs.iter().filter(|one| one.state == CaseState::New).count() as u64,
            overdue: due(Instant::MIN, hour(20)),
            due_today: due(hour(20), hour(30)),
            next_due_at: theirs.iter().filter_map(|one| one.due_at).filter(|due| *due >= hour(20)).min(),
        }
    };
    desks.into_iter().map(of).collect()
}

/// Whatever luck says is done to the cases in a round.
async fn live(store: &Store, luck: &mut Luck, round: i64, known: &mut Known, people: [i64; 2]) {
    let names: Vec<String> = (0..4).map(|number| format!("C{}", round * 4 + number)).collect();
    let open = names.iter().map(|name| {
        let severity = if luck.below(3) == 0 { Severity::Urgent } else { Severity::Warning };
        let case_type = if luck.below(4) == 0 { "complaint" } else { "retention" }.to_owned();
        let owner = [None, Some("wang".to_owned()), Some("li".to_owned())][luck.below(3)].clone();
        store_case(name, hour(round * 5), severity, case_type, owner)
    });
    apply(store, &opening(vec![]), &working(open.collect()), hour(round * 5)).await;
    let whose: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), OWNERS[luck.below(3)])).collect();
    owned(store, &whose).await;
    let now = hour(round * 5 + 1);
    let every = store.as_recorded(&Scope::All, hour(9_999)).await.unwrap().cases;
    let open: Vec<&CaseRecord> = every.iter().filter(|one| one.state != CaseState::Closed).collect();
    for turn in 0..5 {
        let one = store.case(&Scope::All, open[luck.below(open.len())].id).await.unwrap().unwrap();
        let closing = Closing { outcome: CaseOutcome::Retained, note: None };
        let done = match turn {
            _ if one.state == CaseState::Closed => continue,
            0 | 1 => store.assign_case(&Scope::All, one.id, one.version, ["li", "zhao"][turn], "x", now).await,
            2 | 3 if one.state == CaseState::New => store.accept_case(&Scope::All, one.id, one.version, "x", now).await,
            _ => store.close_case(&Scope::All, one.id, one.version, "x", closing, now).await,
        };
        done.unwrap();
    }
    let (first, last) = (open[0].id, open[open.len() - 1].id);
    if store.case(&Scope::All, last).await.unwrap().unwrap().state != CaseState::Closed {
        let task = NewCaseTask { title: "打电话".to_owned(), staff_id: Some(people[0]), due_at: None };
        store.add_case_task(&Scope::All, last, &task, "x", now).await.unwrap();
        known.tasks.entry(people[0]).or_default().insert(last);
    }
    store.add_case_comment(&Scope::All, first, ("@wang", &[people[0]]), "x", now).await.unwrap();
    known.mentions.entry(people[0]).or_default().insert(first);
    // Somebody takes a customer from the pool: the history alone tells of it.
    let owners = store.owners(&Scope::All).await.unwrap();
    if let Some(free) = every.iter().map(|one| &one.customer_id).find(|customer| !owners.contains_key(*customer)) {
        let claim = PoolClaim { customer: free, owner: "li", actor: "li", per_day: (99, hour(0)), most: None };
        store.claim_customer(claim, now).await.unwrap();
    }
}

fn store_case(
    name: &str,
    at: Instant,
    severity: Severity,
    case_type: String,
    owner: Option<String>,
) -> actions::NewCase {
    actions::NewCase { severity, case_type, owner, ..case(name, at) }
}

pub async fn lists_of_cases_are_what_a_walk_over_every_case_finds(door: Door) {
    let (one, other) = (door.open().await, door.open().await);
    let mut people = [0; 2];
    for (place, name) in ["wang", "li"].into_iter().enumerate() {
        let new = NewStaff {
            name: name.to_owned(),
            email: format!("{name}@example.cn"),
            role: Role::Admin,
            owner_key: Some(name.to_owned()),
            unit_id: None,
            password_hash: "x".to_owned(),
        };
        people[place] = one.add_staff(&new, "x", hour(0)).await.unwrap().id;
    }
    let (mut luck, mut known) = (Luck(7), Known::default());
    for round in 0..ROUNDS {
        live(&one, &mut luck, round, &mut known, people).await;
        if round == ROUNDS / 2 {
            // Everything of one person's goes to another, and the facts have another word about some.
            one.hand_over(people[1], 1, &["wang".to_owned()], (&moves_along, "x"), hour(round * 5 + 2)).await.unwrap();
            owned(&one, &[("C1", "-"), ("C2", "li"), ("C5", "zhao")]).await;
        }
        if round % 3 == 0 || round == ROUNDS / 2 {
            let mut every = one.as_recorded(&Scope::All, hour(9_999)).await.unwrap().cases;
            every.sort_by_key(|case| case.id);
            compare(&other, &every, &known, people, &format!("round {round}, followed")).await;
            if round % 6 == 0 {
                compare(&door.open().await, &every, &known, people, &format!("round {round}, anew")).await;
            }
        }
    }
}

/// What a walk over every alert counts: who has an open one, and what came of each rule's since a moment.
async fn compare_alerts(one: &Store, other: &Store, what: &str) {
    let every = AlertFilter { state: None, ..AlertFilter::default() };
    let rows = one.alerts(&Scope::All, &every, AlertSlice::default()).await.unwrap().rows;
    let cases = one.as_recorded(&Scope::All, hour(9_999)).await.unwrap().cases;
    let cases: BTreeMap<i64, CaseRecord> = cases.into_iter().map(|case| (case.id, case)).collect();
    for scope in [Scope::All, mine(&["wang"]), mine(&["wang", "li"]), mine(&[])] {
        let seen: Vec<&AlertRecord> = rows.iter().filter(|row| scope.admits(row.owner.as_deref())).collect();
        let open = seen.iter().filter(|row| row.state == AlertState::Open);
        let alerted: BTreeSet<&CustomerId> = open.map(|row| &row.customer_id).collect();
        let found = other.alerted_customers(&scope).await.unwrap();
        assert_eq!(found.len(), alerted.len(), "{what} as {scope:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>(), alerted, "{what} as {scope:?}");
        let mut standing = BTreeMap::new();
        for place in Standing::ALL {
            let filter = AlertFilter { standing: Some(*place), leads: true, ..AlertFilter::default() };
            let total = one.alerts(&scope, &filter, AlertSlice::first(1)).await.unwrap().total;
            standing.extend((total > 0).then_some((*place, total)));
        }
        assert_eq!(other.standing_counts(&scope).await.unwrap(), standing, "{what} as {scope:?}");
        for from in [hour(0), hour(11)] {
            let mut counts: BTreeMap<&str, RuleCount> = BTreeMap::new();
            for row in seen.iter().filter(|row| row.opened_at >= from) {
                let case = row.case_id.and_then(|id| cases.get(&id));
                let outcome = case.and_then(|case| case.outcome);
                let is_false = row.resolution == Some(AlertResolution::FalseAlarm);
                let worked =
                    case.is_some_and(|case| case.accepted_at.is_some()) || outcome.is_some_and(CaseOutcome::is_said);
                let closed_false = row.resolution == Some(AlertResolution::Closed);
                let count = counts.entry(&row.rule).or_default();
                count.rule = row.rule.clone();
                count.opened += 1;
                count.acted += u64::from(is_false || worked);
                count.false_alarms += u64::from(is_false || (closed_false && outcome == Some(CaseOutcome::FalseAlarm)));
            }
            let found = other.rule_counts(&scope, from).await.unwrap();
            assert_eq!(found, counts.into_values().collect::<Vec<_>>(), "{what} as {scope:?}");
        }
    }
}

/// Whatever luck says is done to the alerts in a round.
async fn live_alerts(store: &Store, luck: &mut Luck, round: i64) {
    let at = |minutes: i64| hour(round * 5).plus_micros(minutes * 60_000_000);
    let names: Vec<String> = (0..4).map(|number| format!("A{}", round * 3 + number)).collect();
    let severities = [Severity::Info, Severity::Warning, Severity::Urgent];
    let mut open = Vec::new();
    for name in &names {
        for cause in &["silence", "price"][..=luck.below(2)] {
            open.push(alert(name, cause, severities[luck.below(3)]));
        }
    }
    let open_alerts = store.open_alerts(&Scope::All, hour(0)).await.unwrap().open;
    let over = open_alerts.iter().filter(|_| luck.below(6) == 0).map(|alert| ResolvedAlert {
        id: alert.id,
        customer: alert.customer.clone(),
        cause: alert.cause.clone(),
        why: Resolution::Cleared,
    });
    let plan = AlertPlan { resolve: over.collect(), ..opening(open) };
    apply(store, &plan, &working(names[1..].iter().map(|name| case(name, at(0))).collect()), at(0)).await;
    let whose: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), OWNERS[luck.below(3)])).collect();
    owned(store, &whose).await;
    for turn in 0..4 {
        let rows = store.alerts(&Scope::All, &AlertFilter::default(), AlertSlice::default()).await.unwrap().rows;
        let one = rows[luck.below(rows.len())].clone();
        let snoozing = Snoozing { until: hour(9_000), reason: "下月初再谈", health: None };
        match (turn, one.case_id) {
            (0, _) => drop(store.snooze_alert(&Scope::All, one.id, one.version, snoozing, "x", at(turn)).await),
            (1, _) => drop(store.call_alert_false(&Scope::All, one.id, one.version, "看错", "x", at(turn)).await),
            (_, None) => {}
            (_, Some(id)) => {
                let outcome = [CaseOutcome::FalseAlarm, CaseOutcome::Retained][luck.below(2)];
                let case = store.case(&Scope::All, id).await.unwrap().unwrap();
                let done = match turn {
                    2 => store.accept_case(&Scope::All, id, case.version, "x", at(turn)).await,
                    _ => {
                        let closing = Closing { outcome, note: None };
                        store.close_case(&Scope::All, id, case.version, "x", closing, at(turn)).await
                    }
                };
                drop(done);
            }
        }
    }
}

pub async fn alerts_are_counted_as_a_walk_over_every_alert_counts_them(door: Door) {
    let (one, other) = (door.open().await, door.open().await);
    let mut luck = Luck(11);
    for round in 0..ROUNDS {
        live_alerts(&one, &mut luck, round).await;
        compare_alerts(&one, &other, &format!("round {round}, followed")).await;
    }
    compare_alerts(&one, &door.open().await, "anew").await;
}
