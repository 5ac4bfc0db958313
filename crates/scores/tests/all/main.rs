//! Scores from outside: the arithmetic of health and of its ledger, what a wrong scorecard is told, the shipped
//! scorecards on made-up and on real customers.

mod arithmetic;
mod ledger;
mod online_retail;
mod rules;
mod scorecards;
mod segments;
mod shipped;

/// The definitions that ship.
mod definitions {
    use std::path::{Path, PathBuf};

    use indicators::Catalog;
    use scores::ScoreBook;

    fn folder(sort: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions").join(sort)
    }

    pub fn catalog() -> Catalog {
        let files: Vec<(String, String)> = std::fs::read_dir(folder("indicators"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
            })
            .collect();
        Catalog::parse(&files).unwrap_or_else(|findings| panic!("{findings:#?}"))
    }

    pub fn scorecard(id: &str, catalog: &Catalog) -> ScoreBook {
        let file = format!("{id}.toml");
        let text = std::fs::read_to_string(folder("scorecards").join(&file)).unwrap();
        ScoreBook::parse(&file, &text, catalog).unwrap_or_else(|findings| panic!("{findings:#?}"))
    }
}

/// Frames made by hand of five indicators, `a` to `e`.
mod cells {
    use indicators::{Catalog, Cell, IndicatorFrame};
    use vocab::{AsOf, Instant, Unknown};

    pub const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];

    pub fn catalog() -> Catalog {
        let text: String = IDS
            .iter()
            .map(|id| {
                format!(
                    "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"指标{id}\", en = \"Indicator {id}\" }}\nquestion = {{ zh = \"q\", en = \"q\" }}\n\
                     category = \"c\"\nof = {{ kind = \"event\" }}\nmeasure = \"count\"\nunit = \"count\"\nworse = \"lower\"\nwhen_absent = \"zero\"\n"
                )
            })
            .collect();
        Catalog::parse(&[("all.toml".to_owned(), text)]).unwrap()
    }

    pub fn frame(rows: &[(&str, &[Cell])]) -> IndicatorFrame {
        IndicatorFrame::by_hand(AsOf(Instant::from_micros(0)), &IDS, rows)
    }

    pub fn known(number: f64) -> Cell {
        Cell::Known(number)
    }

    pub fn unknown() -> Cell {
        Cell::Unknown(Unknown::NeverObserved)
    }
}
