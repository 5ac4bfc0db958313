//! Scores from outside: the arithmetic of health, what a wrong scorecard is told, the shipped scorecards on made-up and
//! on real customers.

mod arithmetic;
mod online_retail;
mod scorecards;
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
