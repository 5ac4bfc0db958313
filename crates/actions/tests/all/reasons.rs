//! The tree of reasons: what ships is read, what it gathers adds up, and every fault is said in its place.

use actions::{ChurnReason, ReasonTree, churn_reasons};
use indicators::Catalog;

const TREE: &str = include_str!("../../../../definitions/reasons/tree.toml");
const REASONS: &str = include_str!("../../../../definitions/reasons/churn.toml");

fn reasons() -> Vec<ChurnReason> {
    churn_reasons("churn.toml", REASONS).unwrap()
}

fn shipped() -> Catalog {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions/indicators");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    Catalog::parse(&files.collect::<Vec<_>>()).unwrap()
}

fn tree() -> ReasonTree {
    ReasonTree::parse("tree.toml", TREE, &shipped(), &reasons()).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn gathered(tree: &ReasonTree, added: &[(&str, f64)], figures: &[(&str, f64)]) -> Vec<(String, f64)> {
    let value = |id: &str| figures.iter().find(|(one, _)| *one == id).map(|(_, value)| *value);
    let sums = tree.gather(added, &value).into_iter();
    sums.map(|one| (tree.nodes()[one.node].id.clone(), one.added)).collect()
}

#[test]
fn every_shipped_indicator_has_a_branch_every_confirmed_reason_but_one_a_cause_and_every_lever_a_better_side() {
    let (tree, catalog) = (tree(), shipped());
    let ids: Vec<&str> = catalog.indicators().iter().map(|one| one.id.as_str()).collect();
    let added: Vec<(&str, f64)> = ids.iter().map(|id| (*id, 1.0)).collect();
    let sums = gathered(&tree, &added, &[]);
    assert_eq!(sums.len(), tree.nodes().len(), "no branch is empty: {sums:?}");
    assert!((sums.iter().map(|(_, sum)| sum).sum::<f64>() - ids.len() as f64).abs() < 1e-9);
    let unmapped: Vec<String> =
        reasons().into_iter().map(|one| one.id).filter(|id| tree.of_confirmed(id).is_none()).collect();
    assert_eq!(unmapped, ["not_said"]);
    let causes = tree.nodes().iter().filter(|node| node.sort.is_some()).count();
    assert_eq!((causes, tree.nodes().len()), (9, 10));
    assert!(tree.levers().len() > 15);
}

#[test]
fn an_indicator_that_speaks_for_several_causes_is_shared_by_the_customers_own_figures_and_nothing_is_lost() {
    let tree = tree();
    let added =
        [("tickets_trouble_90d", 0.8), ("login_days_30d", 0.5), ("days_to_contract_end", 0.9), ("replies_90d", -0.4)];
    let told = gathered(&tree, &added, &[("tickets_price_90d", 3.0), ("tickets_fault_90d", 1.0)]);
    let of = |told: &[(String, f64)], id: &str| told.iter().find(|(one, _)| one == id).map_or(0.0, |(_, sum)| *sum);
    assert!((of(&told, "price") - 0.6).abs() < 1e-12 && (of(&told, "service") - 0.2).abs() < 1e-12, "{told:?}");
    assert!((told.iter().map(|(_, sum)| sum).sum::<f64>() - 1.8).abs() < 1e-12);
    let order: Vec<&str> = told.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(
        order,
        ["price", "service", "context", "value", "relationship"],
        "the causes that speak before the others"
    );
    let sums = tree.gather(&added, &|_| None);
    let causes: Vec<&str> = tree.causes(&sums).iter().map(|one| tree.nodes()[one.node].id.as_str()).collect();
    assert_eq!(causes, ["service", "value"], "without figures of its own it counts for its own branch");
}

#[test]
fn fading_out_is_the_first_cause_only_where_no_other_speaks() {
    let tree = tree();
    let causes = |price: f64, use_of: f64| -> Vec<String> {
        let added = [("login_days_30d", use_of), ("tickets_price_90d", price), ("contract_due_unrenewed", 0.7)];
        let sums = tree.gather(&added, &|_| None);
        assert!(
            (sums.iter().map(|one| one.added).sum::<f64>() - (use_of + price + 0.7)).abs() < 1e-12,
            "nothing is lost"
        );
        tree.causes(&sums).into_iter().map(|one| tree.nodes()[one.node].id.clone()).collect()
    };
    assert_eq!(causes(0.4, 1.5), ["price", "value"], "whoever finds it too dear uses it less");
    assert_eq!(causes(0.05, 1.5), ["value", "price"], "a twentieth more is no cause");
    assert_eq!(causes(-0.2, 1.5), ["value"]);
    assert_eq!(causes(0.05, 0.01), ["price", "value"], "among those that do not speak the larger first");
    let symptoms: Vec<&str> = tree.nodes().iter().filter(|node| node.is_symptom).map(|node| node.id.as_str()).collect();
    assert_eq!(symptoms, ["value"]);
}

#[test]
fn faults_are_said_in_their_place() {
    let catalog = Catalog::parse(&[(
        "a.toml".to_owned(),
        "[[indicator]]\nid = \"visits\"\nname = { zh = \"a\", en = \"a\" }\nquestion = { zh = \"a\", en = \"a\" }\n\
         category = \"c\"\nof = { kind = \"event\" }\nmeasure = \"count\"\nunit = \"count\"\nworse = \"none\"\n\
         when_absent = \"zero\"\n"
            .to_owned(),
    )])
    .unwrap();
    let text = "[[branch]]\nid = \"one\"\nname = { zh = \"a\", en = \"a\" }\nsort = \"price\"\nconfirmed = [\"prise\"]\n\
                symptom = \"yes\"\n\
                [[branch]]\nid = \"one\"\nname = { zh = \"a\", en = \"a\" }\nindicators = [\"visit\"]\n\
                [[lever]]\nindicator = \"visits\"\naction = { zh = \"a\", en = \"a\" }\n";
    let findings = ReasonTree::parse("t.toml", text, &catalog, &reasons()).unwrap_err();
    let codes: Vec<&str> = findings.iter().map(|one| one.code).collect();
    assert_eq!(
        codes,
        ["wrong_type", "unknown_reason", "unknown_indicator", "duplicate_id", "no_direction", "no_branch"],
        "{findings:#?}"
    );
    assert!(findings[1].hint.en.contains("price"), "{:?}", findings[1]);
    assert!(findings.iter().take(5).all(|one| one.place.line.is_some()), "{findings:#?}");
    assert!(ReasonTree::parse("t.toml", "branches = []", &catalog, &reasons()).is_err());
}
