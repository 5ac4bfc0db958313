//! Product lines are left one by one, and who left one is still a customer.

use std::collections::BTreeMap;

use facts::{FactFrame, StoredFact};
use outcomes::{
    ChurnDefinition, Lifetimes, LineCounts, MOST_LINES, ProductLine, ProductLines, State, line_names, product_lines,
};
use proptest::prelude::*;
use vocab::{AsOf, CustomerId, Kind};

use crate::told::{as_of, at, date, definition, frame, frame_of};
use crate::two_roads::{HALF_DAY, draws, stored};

const BY_CATEGORY: &str = "[product_lines]\nproperty = \"category\"\n";

fn lines_of(frame: &FactFrame, definition: &ChurnDefinition, when: AsOf) -> (Lifetimes, ProductLines) {
    let whole = Lifetimes::of(frame, definition, when);
    let lines = product_lines(frame, definition, &whole).unwrap().unwrap();
    (whole, lines)
}

/// `2025-05 2 [C 2025-05-11 altogether]` per month, or why not.
fn told(whole: &Lifetimes, line: &ProductLine, definition: &ChurnDefinition) -> Vec<String> {
    let months = line.lives().months_among(definition, 4, &|_| true);
    let leaver = |left: &outcomes::Leaver| {
        let stays = if whole.is_gone_after(&left.customer, left.at) { "altogether" } else { "stays" };
        format!("{} {} {stays}", left.customer, date(left.at))
    };
    let month = |month: &outcomes::Month| {
        let left: Vec<String> = month.left.iter().map(leaver).collect();
        let judged = month.judged.as_ref().err().map_or(String::new(), |why| format!(" ({})", why.en));
        format!("{} {} [{}]{judged}", &date(month.start)[..7], month.at_start, left.join(", "))
    };
    months.iter().map(month).collect()
}

/// A goes on with coffee and no longer buys tea; C bought tea once and left; what D bought has no category.
const SHOP: &str = "
    A | order | Order Completed | 2025-01-10 | | 5 | category=tea
    A | order | Order Completed | 2025-01-12 | | 5 | category=coffee
    B | order | Order Completed | 2025-01-15 | | 5 | category=tea
    C | order | Order Completed | 2025-02-10 | | 5 | category=tea
    B | order | Order Completed | 2025-02-20 | | 5 | category=tea
    A | order | Order Completed | 2025-03-20 | | 5 | category=coffee
    B | order | Order Completed | 2025-03-20 | | 5 | category=tea
    B | order | Order Completed | 2025-04-20 | | 5 | category=tea
    D | order | Order Completed | 2025-05-02 | | 5
    B | order | Order Completed | 2025-05-20 | | 5 | category=tea
    A | order | Order Completed | 2025-05-25 | | 5 | category=coffee
    B | order | Order Completed | 2025-06-20 | | 5 | category=tea
    B | ticket | Ticket Opened  | 2025-06-21 | |   | category=refund
";

#[test]
fn who_stops_buying_one_category_has_left_it_and_is_still_a_customer() {
    let rule = definition(&format!("[[gone_when]]\nno_order = {{ days = 90 }}\n{BY_CATEGORY}"));
    assert_eq!(rule.properties(), ["category"]);
    let shop = frame(SHOP, "2025-07-01");
    let (whole, found) = lines_of(&shop, &rule, as_of("2025-07-01"));
    let names: Vec<&str> = found.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["coffee", "tea"], "a ticket's category is no product line");
    assert_eq!((found.named, found.unnamed), (11, 1));
    let states = whole.states();
    let counts = |place: usize| found.lines[place].counts(&states, &|_| true);
    assert_eq!(counts(0), LineCounts { current: 1, ..LineCounts::default() });
    assert_eq!(counts(1), LineCounts { current: 1, too_new: 0, left_line: 1, left_altogether: 1 });
    assert_eq!(counts(1).customers(), 3, "everybody who was ever in it");
    assert_eq!(states.state(&"A".into()), Some(State::Current), "leaving a line is not leaving");
    assert_eq!(
        told(&whole, &found.lines[1], &rule),
        [
            "2025-03 3 [] (facts begin on 2025-01-10: whole months after 2025-04-10 can be judged)",
            "2025-04 3 [A 2025-04-10 stays] (facts begin on 2025-01-10: whole months after 2025-04-10 can be judged)",
            "2025-05 2 [C 2025-05-11 altogether]",
            "2025-06 1 []",
        ]
    );
    let only_a = found.lines[1].counts(&states, &|customer| customer.as_str() == "A");
    assert_eq!(only_a, LineCounts { left_line: 1, ..LineCounts::default() }, "within what a reader sees");
}

#[test]
fn a_cancellation_that_names_a_line_is_of_that_line_until_the_last_of_them() {
    let cancelled = "[[gone_when]]\ncancellation = { of = { kind = \"contract\", name = \"Contract Cancelled\" }, undone_by = { kind = \"contract\", name = \"Contract Signed\" } }\n";
    let by_line = definition(&format!("{cancelled}[product_lines]\nproperty = [\"product\", \"plan\"]\n"));
    let lines = "
        A | contract | Contract Signed    | 2025-01-01 | | | product=crm
        A | contract | Contract Signed    | 2025-01-05 | | | plan=erp
        E | contract | Contract Signed    | 2025-01-05 | | | product=crm plan=gold
        E | contract | Contract Signed    | 2025-01-06 | | | product=erp
        A | contract | Contract Cancelled | 2025-03-01 | | | product=crm
        E | contract | Contract Cancelled | 2025-03-10
        A | contract | Contract Cancelled | 2025-04-01 | | | product=erp
        A | contract | Contract Signed    | 2025-05-01 | | | product=crm
    ";
    let firm = frame(lines, "2025-06-15");
    let away = |lives: &Lifetimes, customer: &str| -> Vec<String> {
        let back = |spell: &outcomes::Spell| spell.back_at.map_or_else(|| "…".to_owned(), date);
        let life = lives.life(&customer.into()).unwrap();
        life.absences.iter().map(|spell| format!("{}–{}", date(spell.gone_at), back(spell))).collect()
    };
    let (whole, found) = lines_of(&firm, &by_line, as_of("2025-06-15"));
    assert_eq!(away(&whole, "A"), ["2025-04-01–2025-05-01"], "gone with the last line, not with the first");
    assert_eq!(away(&whole, "E"), ["2025-03-10–…"], "a cancellation that names none is of everything");
    let line = |name: &str| found.lines.iter().find(|line| line.name == name).unwrap();
    assert_eq!(away(line("crm").lives(), "A"), ["2025-03-01–2025-05-01"]);
    assert_eq!(away(line("erp").lives(), "A"), ["2025-04-01–…"], "another line does not bring it back");
    assert_eq!(away(line("crm").lives(), "E"), ["2025-03-10–…"]);
    assert!(found.lines.iter().all(|line| line.name != "gold"), "the first property that a fact says counts");
    let plain = Lifetimes::of(&firm, &definition(cancelled), as_of("2025-06-15"));
    assert_eq!(away(&plain, "A")[0], "2025-03-01–2025-05-01", "without product lines every cancellation counts");
    assert!(product_lines(&firm, &definition(cancelled), &plain).is_none());
}

#[test]
fn a_fact_may_name_several_lines_where_the_definition_says_what_parts_them() {
    let rules =
        "[[gone_when]]\nno_order = { days = 90 }\n[product_lines]\nproperty = \"category\"\nseparator = \"、\"\n";
    let shop = frame("A | order | Order Completed | 2025-01-10 | | 5 | category=tea、coffee、tea", "2025-02-01");
    let (_, found) = lines_of(&shop, &definition(rules), as_of("2025-02-01"));
    let names: Vec<&str> = found.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!((names, found.named), (vec!["coffee", "tea"], 1));
    // As imports join the names of an order's rows, without being told; and not where another mark is said to part them.
    let named = |rules: &str| {
        let (_, found) = lines_of(&shop, &definition(rules), as_of("2025-02-01"));
        found.lines.into_iter().map(|line| line.name).collect::<Vec<String>>()
    };
    assert_eq!(named(&rules.replace("separator = \"、\"\n", "")), ["coffee", "tea"]);
    assert_eq!(named(&rules.replace("\"、\"", "\"|\"")), ["tea、coffee、tea"]);
    assert_eq!(line_names(&shop, "category"), 2);
}

#[test]
fn what_has_a_name_of_its_own_for_every_fact_is_no_product_line() {
    let rule = definition(&format!("[[gone_when]]\nno_order = {{ days = 90 }}\n{BY_CATEGORY}"));
    let order = |number: usize| format!("A | order | Order Completed | 2025-01-10 | | 5 | category=no{number}\n");
    let refused = |count: usize| {
        let frame = frame(&(0..count).map(order).collect::<String>(), "2025-02-01");
        let whole = Lifetimes::of(&frame, &rule, as_of("2025-02-01"));
        product_lines(&frame, &rule, &whole).unwrap().is_err()
    };
    assert_eq!((refused(MOST_LINES), refused(MOST_LINES + 1)), (false, true));
    let text = "id = \"t\"\nname = { zh = \"t\", en = \"t\" }\nsentence = { zh = \"t\", en = \"t\" }\ntoo_new_days = 30\n[[gone_when]]\nno_order = { days = 90 }\n[product_lines]\nproperty = []\n";
    let findings = ChurnDefinition::parse("test.toml", text).unwrap_err();
    assert_eq!((findings.len(), findings[0].code), (1, "wrong_type"), "{findings:?}");
}

/// Whether the rules, told apart by their text, listen to a fact.
fn listens(rules: &str, fact: &StoredFact) -> bool {
    let fact = &fact.fact;
    let positive = fact.value.is_none_or(|value| value >= vocab::Amount::ZERO);
    let signed = fact.kind == Kind::Contract && fact.name == "Contract Signed";
    (rules.contains("inactivity") && (matches!(fact.kind, Kind::Event | Kind::Order) || signed))
        || (rules.contains("no_order") && fact.kind == Kind::Order && positive)
        || (rules.contains("contract_end") && fact.properties.contains_key("end_on"))
        || (rules.contains("cancellation") && (fact.kind == Kind::Order || is_cancellation(fact)))
}

fn is_cancellation(fact: &facts::Fact) -> bool {
    fact.name == "Contract Cancelled"
}

/// Every customer of every line as a customer of its own, `C1|x`, and nothing else.
fn taken_apart(rules: &str, facts: &[StoredFact], end: AsOf) -> Vec<StoredFact> {
    let known = |one: &&StoredFact| one.fact.known_at.unwrap() < end.instant() && one.fact.occurred_at < end.instant();
    let mut sorted: Vec<&StoredFact> = facts.iter().filter(known).filter(|one| listens(rules, one)).collect();
    sorted.sort_by_key(|one| (one.fact.occurred_at, one.number));
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut apart = Vec::new();
    for one in sorted {
        let customer = one.fact.customer_id.as_ref().unwrap().to_string();
        let own = lines.entry(customer.clone()).or_default();
        let cancels = rules.contains("cancellation") && is_cancellation(&one.fact);
        let named = match one.fact.properties.get("line") {
            Some(Some(name)) => vec![name.clone()],
            _ if cancels => own.clone(),
            _ => Vec::new(),
        };
        for name in named {
            if !own.contains(&name) {
                if cancels {
                    continue;
                }
                own.push(name.clone());
            }
            let mut copy = one.clone();
            copy.number = apart.len() as u64;
            copy.fact.message_id = vocab::MessageId::new(apart.len().to_string());
            copy.fact.customer_id = Some(CustomerId::new(format!("{customer}|{name}")));
            apart.push(copy);
        }
    }
    apart
}

proptest! {
    #[test]
    fn a_line_is_left_as_if_each_customer_of_it_were_one_by_itself(draws in draws(), which in 0usize..5, end in 100i64..240) {
        let contract = "[[gone_when]]\ncontract_end = { grace_days = 5 }\n";
        let cancelled = "[[gone_when]]\ncancellation = { of = { kind = \"contract\", name = \"Contract Cancelled\" }, undone_by = { kind = \"order\" } }\n";
        let no_order = "[[gone_when]]\nno_order = { days = 15 }\n";
        let rules = [
            "[[gone_when]]\ninactivity = { days = 12 }\n".to_owned(),
            no_order.to_owned(),
            contract.to_owned(),
            cancelled.to_owned(),
            format!("{no_order}{contract}{cancelled}"),
        ];
        let rules = &rules[which];
        let mut facts = stored(&draws);
        for (fact, (.., amount)) in facts.iter_mut().zip(&draws) {
            let line = [None, Some("x"), Some("y")][(*amount % 3) as usize];
            fact.fact.properties.extend(line.map(|line| ("line".to_owned(), Some(line.to_owned()))));
        }
        let end = AsOf(at("2025-01-20").plus_micros(end * HALF_DAY));
        let by_line = definition(&format!("{rules}[product_lines]\nproperty = \"line\"\n"));
        let (whole, found) = lines_of(&frame_of(&facts, end), &by_line, end);
        let apart = frame_of(&taken_apart(rules, &facts, end), end);
        let apart = Lifetimes::of(&apart, &definition(rules), end);
        let pairs: usize = found.lines.iter().map(|line| line.lives().customers().len()).sum();
        prop_assert_eq!(pairs, apart.customers().len());
        let is_gone = |state: Option<State>| matches!(state, Some(State::Gone { .. }));
        for line in &found.lines {
            for customer in line.lives().customers() {
                let own = line.lives().life(customer).unwrap();
                let alone = apart.life(&CustomerId::new(format!("{customer}|{}", line.name))).unwrap();
                prop_assert_eq!(own.first_seen, alone.first_seen);
                let whole = whole.life(customer).unwrap();
                for half_days in 0..240 {
                    let when = at("2025-01-20").plus_micros(half_days * HALF_DAY);
                    if when > end.instant() || own.first_seen >= when {
                        continue;
                    }
                    let expected = is_gone(alone.state(when, 0)) || is_gone(whole.state(when, 0));
                    prop_assert_eq!(is_gone(own.state(when, 0)), expected, "{} in {} at {}", customer, line.name, date(when));
                }
            }
        }
    }
}
