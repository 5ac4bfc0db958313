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
    assert_eq!(indicator.of.to_string(), "event \"Logged In\"");
    assert_eq!(indicator.window.unwrap().to_string(), "7d");
}

#[test]
fn a_wrong_word_is_named_with_the_nearest_right_one() {
    insta::assert_snapshot!(changed("\"count\"\nwindow", "\"cuont\"\nwindow"), @r#"a.toml line 8, column 15: unknown word "cuont" (did you mean "count"?)"#);
    insta::assert_snapshot!(changed("kind = \"event\"", "kind = \"evnt\""), @r#"a.toml line 7, column 24: unknown word "evnt" (did you mean "event"?)"#);
    insta::assert_snapshot!(changed("when_absent", "when_abesnt"), @r#"
    a.toml line 12, column 1: unknown key "when_abesnt" (did you mean "when_absent"?)
    a.toml line 2, column 1: "when_absent" is missing (add when_absent = …)
    "#);
    insta::assert_snapshot!(changed("\"7d\"", "\"7 days\""), @r#"a.toml line 9, column 15: not a window (write 30d, 30cd (civil days), 1w or 1mo)"#);
    insta::assert_snapshot!(changed("en = \"{login_7d} logins\"", "en = \"{login_d7} logins\""), @r#"a.toml line 13, column 15: there is no indicator "login_d7" (did you mean "login_7d"?)"#);
}

#[test]
fn every_fault_is_told_at_once() {
    let text = GOOD.replace("\"lower\"", "\"lowest\"").replace("\"7d\"", "7").replace("zh = \"近 7 天登录次数\", ", "");
    insta::assert_snapshot!(told(&text), @r#"
    a.toml line 4, column 15: "zh" is missing (add zh = …)
    a.toml line 9, column 15: not a window (write 30d, 30cd (civil days), 1w or 1mo)
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
    insta::assert_snapshot!(condition(r#"when = { all = [], any = [] }"#).unwrap_err(), @r#"not a condition (write { of = indicator, is = "<", than = number }, or all / any / not / at_least + among / band)"#);
    insta::assert_snapshot!(condition(r#"when = { at_least = 3, among = [ { band = ["low"] } ] }"#).unwrap_err(), @"expected a whole number from 1 to 1, found a number");
    insta::assert_snapshot!(condition(r#"when = { band = ["lo"] }"#).unwrap_err(), @r#"unknown word "lo" (did you mean "low"?)"#);
}
