//! What ships: the catalogue is sound, and its sentences are complete in both languages.

use std::path::Path;

use indicators::{Against, Catalog, Compare, With, Worse, fill, names};

pub(crate) fn shipped() -> Catalog {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions/indicators");
    let files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    Catalog::parse(&files).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

#[test]
fn the_shipped_catalogue_is_sound() {
    assert!(shipped().indicators().len() >= 50);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let folder = |id: &str| format!("{id}.toml");
    let text = |id: &str| {
        format!(
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"a\", en = \"a\" }}\nquestion = {{ zh = \"a\", en = \"a\" }}\ncategory = \"c\"\n\
             of = {{ kind = \"event\" }}\nmeasure = \"count\"\nunit = \"count\"\nworse = \"none\"\nwhen_absent = \"zero\"\n"
        )
    };
    let one = Catalog::parse(&[(folder("a"), text("a")), (folder("b"), text("b"))]).unwrap();
    let other = Catalog::parse(&[(folder("b"), text("b")), (folder("a"), text("a"))]).unwrap();
    assert_eq!(one.version(), other.version());
    assert_eq!(one.indicators(), other.indicators());
    let more = Catalog::parse(&[(folder("a"), text("a"))]).unwrap();
    assert_ne!(one.version(), more.version());
}

#[test]
fn whatever_can_be_bad_can_be_said() {
    for indicator in shipped().indicators() {
        let says = indicator.reason.is_some();
        let worth_a_word = matches!(indicator.worse, Worse::Higher | Worse::Lower)
            && !indicator.id.ends_with("_total")
            && indicator.id != "paid_365d";
        assert!(says || !worth_a_word, "{} has no sentence", indicator.id);
    }
}

#[test]
fn a_sentence_has_the_same_figures_in_both_languages() {
    for indicator in shipped().indicators() {
        for sentence in [&indicator.reason, &indicator.reason_zero, &indicator.reason_negative].into_iter().flatten() {
            let in_one = |wording: &str| {
                let mut found: Vec<String> =
                    names(&vocab::Text::new(wording, "")).into_iter().map(str::to_owned).collect();
                found.sort();
                found
            };
            assert_eq!(in_one(&sentence.zh), in_one(&sentence.en), "{}", indicator.id);
            let filled = fill(sentence, &|_| Some((1.0, "day")));
            assert!(!filled.zh.contains(['{', '}']) && !filled.en.contains(['{', '}']), "{}", indicator.id);
        }
    }
}

#[test]
fn a_ratio_is_counted_as_a_ratio_and_has_the_figures_it_divides() {
    let catalog = shipped();
    for indicator in catalog.indicators() {
        let to_previous = Compare { with: With::Previous, against: Against::Ratio };
        let measured = indicator.measured().filter(|measured| measured.compare.as_ref() == Some(&to_previous));
        if let Some(measured) = measured {
            assert_eq!(indicator.unit, "ratio", "{}", indicator.id);
            let reason = indicator.reason.as_ref().unwrap();
            assert_eq!(names(reason).len(), 2, "{}", indicator.id);
            for id in names(reason) {
                let part = catalog.get(id).and_then(|part| part.measured()).unwrap();
                assert_eq!((&part.of, part.reach), (&measured.of, measured.reach), "{id} of {}", indicator.id);
            }
        }
    }
}
