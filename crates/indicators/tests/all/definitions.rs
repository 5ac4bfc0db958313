//! What someone is told whose definition is wrong: every fault, its place, and what was probably meant.

use indicators::{Catalog, Condition};
use vocab::Lang;

const GOOD: &str = r#"
[[indicator]]
id          = "login_7d"
name        = { zh = "近 7 天登录次数", en = "Logins, 7 days" }
question    = { zh = "最近一周来过几次?", en = "How often?" }
category    = "behaviour"
of          = { kind = "event", name = "Logged In" }
measure     = "count"
window      = "7d"
unit        = "count"
worse       = "lower"
when_absent = "unknown"
reason      = { zh = "登录 {login_7d} 次", en = "{login_7d} logins" }
"#;

fn told(text: &str) -> String {
    let findings = Catalog::parse(&[("a.toml".to_owned(), text.to_owned())]).expect_err("should be wrong");
    findings.iter().map(|finding| finding.line(Lang::En)).collect::<Vec<_>>().join("\n")
}

fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    told(&GOOD.replace(from, to))
}

#[test]
fn a_good_definition_is_taken() {
    let catalog = Catalog::parse(&[("a.toml".to_owned(), GOOD.to_owned())]).unwrap();
    let indicator = catalog.get("login_7d").unwrap();
    assert_eq!(indicator.of().unwrap().to_string(), "event \"Logged In\"");
    assert_eq!(indicator.window().unwrap(), "7d");
}

#[test]
fn a_wrong_word_is_named_with_the_nearest_right_one() {
    insta::assert_snapshot!(changed("\"count\"\nwindow", "\"cuont\"\nwindow"), @r#"a.toml line 8, column 15: unknown word "cuont" (did you mean "count"?)"#);
    insta::assert_snapshot!(changed("kind = \"event\"", "kind = \"evnt\""), @r#"a.toml line 7, column 24: unknown word "evnt" (did you mean "event"?)"#);
    insta::assert_snapshot!(changed("when_absent", "when_abesnt"), @r#"
    a.toml line 12, column 1: unknown key "when_abesnt" (did you mean "when_absent"?)
    a.toml line 2, column 1: "when_absent" is missing (add when_absent = …)
    "#);
    insta::assert_snapshot!(changed("\"7d\"", "\"7 days\""), @r#"a.toml line 9, column 15: not a window (write 30d, 30cd (civil days), 1w or 1mo, or this_month, last_quarter and the like)"#);
    insta::assert_snapshot!(changed("en = \"{login_7d} logins\"", "en = \"{login_d7} logins\""), @r#"a.toml line 13, column 15: there is no indicator "login_d7" (did you mean "login_7d"?)"#);
}

#[test]
fn every_fault_is_told_at_once() {
    let text = GOOD.replace("\"lower\"", "\"lowest\"").replace("\"7d\"", "7").replace("zh = \"近 7 天登录次数\", ", "");
    insta::assert_snapshot!(told(&text), @r#"
    a.toml line 4, column 15: "zh" is missing (add zh = …)
    a.toml line 9, column 15: not a window (write 30d, 30cd (civil days), 1w or 1mo, or this_month, last_quarter and the like)
    a.toml line 11, column 15: unknown word "lowest" (did you mean "lower"?)
    "#);
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    insta::assert_snapshot!(changed("measure     = \"count\"\nwindow      = \"7d\"", "measure     = \"ratio_to_previous\""), @"a.toml line 2, column 1: a ratio to the previous window needs a window");
    insta::assert_snapshot!(told(&GOOD.replace("\"count\"\nwindow", "\"days_since_last\"\nwindow").replace("\"unknown\"", "\"zero\"")), @r#"a.toml line 2, column 1: never is not zero days: when_absent must be "unknown""#);
    insta::assert_snapshot!(changed("window  ", "property = \"x\"\nwindow  "), @r#"a.toml line 9, column 12: this measure takes no "property" (remove it)"#);
    insta::assert_snapshot!(changed("\"login_7d\"\n", "\"Login 7\"\n"), @r#"a.toml line 3, column 15: "Login 7" is no id (lower-case letters, digits and underscores, a letter first)"#);
}

#[test]
fn two_of_one_name_are_refused() {
    insta::assert_snapshot!(told(&format!("{GOOD}{GOOD}")), @r#"a.toml line 15, column 1: there is already an indicator "login_7d" (choose another id)"#);
}

#[test]
fn text_that_is_no_toml_is_told_where_it_breaks() {
    insta::assert_snapshot!(told("[[indicator]]\nid = \"x\n"), @"a.toml line 2, column 8: not valid TOML: invalid basic string, expected `\"` (check quotes, brackets and equal signs)");
}

#[test]
fn an_empty_catalogue_is_a_catalogue() {
    assert!(Catalog::parse(&[]).unwrap().indicators().is_empty());
}

fn condition(text: &str) -> Result<String, String> {
    let catalog = Catalog::parse(&[("a.toml".to_owned(), GOOD.to_owned())]).unwrap();
    let value: toml::Table = text.parse().unwrap();
    match Condition::from_toml(&value["when"], &catalog) {
        Ok(condition) => Ok(condition.to_string()),
        Err(findings) => Err(findings.iter().map(|finding| finding.line(Lang::En)).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn a_condition_is_read_and_printed() {
    let text = r#"when = { all = [
        { of = "login_7d", is = "<", than = 2 },
        { any = [ { of = "health", is = "<=", than = 39.5 }, { band = ["critical"] } ] },
        { not = { at_least = 1, among = [ { of = "health_change_7d", is = ">", than = -10 } ] } },
    ] }"#;
    insta::assert_snapshot!(condition(text).unwrap(), @"login_7d < 2 and (health <= 39.5 or band is critical) and not (at least 1 of (health_change_7d > -10))");
}

#[test]
fn a_condition_that_cannot_be_read_says_why() {
    insta::assert_snapshot!(condition(r#"when = { of = "login_7", is = "<", than = 2 }"#).unwrap_err(), @r#"there is no indicator "login_7" (did you mean "login_7d"?)"#);
    insta::assert_snapshot!(condition(r#"when = { of = "login_7d", is = "less", than = 2 }"#).unwrap_err(), @r#"unknown word "less" (one of: <, <=, >, >=, =, !=)"#);
    insta::assert_snapshot!(condition(r#"when = { all = [], any = [] }"#).unwrap_err(), @r#"not a condition (write { of = indicator, is = "<", than = number }, or all / any / not / at_least + among / band / traits / segment / tag / tier / rfm)"#);
    insta::assert_snapshot!(condition(r#"when = { at_least = 3, among = [ { band = ["low"] } ] }"#).unwrap_err(), @"expected a whole number from 1 to 1, found a number");
    insta::assert_snapshot!(condition(r#"when = { band = ["lo"] }"#).unwrap_err(), @r#"unknown word "lo" (did you mean "low"?)"#);
}

/// A definition of one measure; `figure` is everything that bears on the number.
fn of(figure: &str) -> String {
    format!(
        "[[indicator]]\nid = \"x\"\nname = {{ zh = \"名\", en = \"n\" }}\nquestion = {{ zh = \"问\", en = \"q\" }}\ncategory = \"c\"\n\
         unit = \"count\"\nworse = \"none\"\n{figure}\n"
    )
}

fn fault(figure: &str) -> String {
    told(&of(figure))
}

#[test]
fn what_a_measure_needs_and_does_not_take_is_said() {
    let order = "of = { kind = \"order\" }\nwhen_absent = \"unknown\"\n";
    let with = |rest: &str| fault(&format!("{order}{rest}"));
    insta::assert_snapshot!(with("measure = \"slope\"\nwindow = \"10d\"\nstep = \"3d\""), @"a.toml line 1, column 1: the window of a slope must be a multiple of its step in days, from 3 steps to 400");
    insta::assert_snapshot!(with("measure = \"share\""), @r#"a.toml line 1, column 1: "part" is missing (add part = …)"#);
    insta::assert_snapshot!(with("measure = \"value_at\""), @r#"a.toml line 1, column 1: "at" is missing (add at = …)"#);
    insta::assert_snapshot!(with("measure = \"rate_per_day\""), @"a.toml line 1, column 1: a rate per day needs a window or since");
    insta::assert_snapshot!(with("measure = \"mean\"\ndays = \"working\""), @"a.toml line 1, column 1: this measure knows no working days");
    insta::assert_snapshot!(with("measure = \"count\"\nwindow = \"this_mounth\""), @"a.toml line 11, column 10: not a window (write 30d, 30cd (civil days), 1w or 1mo, or this_month, last_quarter and the like)");
}

#[test]
fn a_comparison_that_compares_nothing_is_refused() {
    let with = |rest: &str| {
        fault(&format!("of = {{ kind = \"order\" }}\nwhen_absent = \"zero\"\nmeasure = \"count\"\n{rest}"))
    };
    insta::assert_snapshot!(with("compare = { with = \"last_year\", as = \"ratio\" }"), @"a.toml line 1, column 1: a comparison with earlier windows needs a window");
    insta::assert_snapshot!(with("window = \"7d\"\ncompare = { with = \"own_history\", as = \"z\" }"), @r#"a.toml line 12, column 11: "windows" is missing (add windows = …)"#);
    insta::assert_snapshot!(with("window = \"7d\"\ncompare = { with = \"own_history\", as = \"z\", windows = 1 }"), @"a.toml line 12, column 55: expected a whole number from 2 to 400, found a number");
    insta::assert_snapshot!(with("window = \"7d\"\ncompare = { with = \"previous\", as = \"z\" }"), @"a.toml line 12, column 11: against one window, as must be ratio, change or difference");
    insta::assert_snapshot!(with("window = \"7d\"\ncompare = { with = \"peers\", as = \"z\", windows = 3 }"), @r#"a.toml line 12, column 49: this comparison takes no "windows" (remove it)"#);
}

#[test]
fn peers_within_nothing_that_is_known_are_refused() {
    let with = |rest: &str| {
        let compare = format!("compare = {{ with = \"peers\", as = \"z\", {rest} }}");
        fault(&format!("of = {{ kind = \"order\" }}\nwhen_absent = \"zero\"\nmeasure = \"count\"\n{compare}"))
    };
    let said = |rest: &str| with(rest).split_once(": ").map(|(_, said)| said.to_owned()).unwrap_or_default();
    insta::assert_snapshot!(said("within = \"teir\""), @r#"unknown word "teir" (did you mean "tier"?)"#);
    insta::assert_snapshot!(said("within = { trait = \"plan\", segments = [\"a\"] }"), @r#"one of trait and segments, not both (for example within = { trait = "plan" }, or within = "tier")"#);
    insta::assert_snapshot!(said("within = { segments = [] }"), @"expected a list of ids of segments, found a list");
    insta::assert_snapshot!(said("by = \"plan\", within = \"tier\""), @r#"within takes no "by" (remove it)"#);
    insta::assert_snapshot!(said("within = \"tier\", least = 1"), @"expected a whole number from 2 up, found a number");
}

#[test]
fn a_formula_that_leads_nowhere_is_refused() {
    insta::assert_snapshot!(fault("formula = \"y + 1\""), @r#"a.toml line 8, column 11: there is no indicator "y" (did you mean "x"?)"#);
    insta::assert_snapshot!(fault("formula = \"1 + x\""), @r#"a.toml line 8, column 11: the formula of "x" comes back to itself"#);
    insta::assert_snapshot!(fault("formula = \"1 +\""), @"a.toml line 8, column 11: character 4 of the formula: the formula ends too early (use ids, numbers, + - * /, parentheses and functions)");
    insta::assert_snapshot!(fault("formula = \"1\"\nwindow = \"7d\""), @r#"a.toml line 9, column 10: a formula takes no "window" (remove it)"#);
}

#[test]
fn a_filter_that_cannot_be_read_says_why() {
    let with = |filter: &str| {
        fault(&format!("of = {{ kind = \"order\", where = {filter} }}\nwhen_absent = \"zero\"\nmeasure = \"count\""))
    };
    insta::assert_snapshot!(with("{ page = { matches = \"(\" } }"), @"a.toml line 8, column 41: no regular expression: error: unclosed group");
    insta::assert_snapshot!(with("{ seats = { is = \">\" } }"), @r#"a.toml line 8, column 42: not a test of a property (write a value, [values], { is = ">=", than = 5 }, { matches = "^/a" } or { known = true })"#);
    insta::assert_snapshot!(with("{ _valeu = 3 }"), @r#"a.toml line 8, column 43: unknown key "_valeu" (did you mean "_value"?)"#);
    insta::assert_snapshot!(with("{ any = [] }"), @"a.toml line 8, column 40: expected a list of one item at least, found a list");
}

#[test]
fn a_definition_is_versioned_by_what_it_means() {
    let version = |text: &str| Catalog::parse(&[("a.toml".to_owned(), text.to_owned())]).unwrap().version().to_owned();
    let once = version(GOOD);
    assert_eq!(once, version(&format!("# a remark\n{}", GOOD.replace("How often?", "How many times?"))));
    assert_eq!(
        once,
        version(
            &GOOD.replace("{ kind = \"event\", name = \"Logged In\" }", "{ name = \"Logged In\", kind = \"event\" }")
        )
    );
    assert_ne!(once, version(&GOOD.replace("\"7d\"", "\"8d\"")));
    assert_ne!(once, version(&format!("covered = \"always\"\n{GOOD}")));
}

#[test]
fn cut_down_to_a_formula_it_keeps_what_the_formula_needs() {
    let text = format!("{GOOD}{}", of("formula = \"login_7d / 7\""));
    let more = text.replace("id = \"x\"", "id = \"per_day\"");
    let catalog = Catalog::parse(&[("a.toml".to_owned(), format!("{more}{}", of("formula = \"2\"")))]).unwrap();
    let kept: Vec<String> = catalog.only(&["per_day"]).indicators().iter().map(|one| one.id.clone()).collect();
    assert_eq!(kept, ["login_7d", "per_day"]);
}

#[test]
fn the_published_schema_knows_every_word_of_the_language() {
    let schema: serde_json::Value = serde_json::from_str(&indicators::schema()).unwrap();
    let keys = schema["$defs"]["indicator"]["properties"].as_object().unwrap();
    // Whatever key the schema knows, the reader knows, and the other way round: a key made up is refused by both.
    for key in keys.keys() {
        let text = GOOD.replace("window  ", &format!("{key}_ = 1\nwindow  "));
        assert!(told(&text).contains(&format!("did you mean \"{key}\"?")), "{key}: {}", told(&text));
    }
    let measures = schema["$defs"]["indicator"]["properties"]["measure"]["enum"].as_array().unwrap();
    assert!(measures.len() >= 25);
    for measure in measures {
        let text = GOOD.replace("\"count\"\nwindow", &format!("{measure}\nwindow"));
        let said = Catalog::parse(&[("a.toml".to_owned(), text)]).err().unwrap_or_default();
        assert!(said.iter().all(|finding| finding.code != "unknown_word"), "{measure}: {said:?}");
    }
}
