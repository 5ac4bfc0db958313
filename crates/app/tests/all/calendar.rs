//! The firm's own working calendar: a file in its data folder.

use app::view::HourSpan;
use app::{App, AppOptions};
use tempfile::TempDir;

use crate::world::{everyone, midnight};

const OWN: &str = r#"
name  = { zh = "本厂日历", en = "The works' calendar" }
years = [2026, 2027]
week  = ["mon", "tue", "wed", "thu", "fri", "sat"]
hours = [["10:00", "16:00"]]

[[holiday]]
name = { zh = "厂庆", en = "The works' day" }
on   = 2027-03-01
off  = [2027-03-01, 2027-03-02]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_in_the_folder_takes_the_place_of_the_one_that_ships() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("calendar.toml"), OWN).unwrap();
    let app = App::open(folder.path(), AppOptions::default()).await.unwrap();
    let told = app.organisation(&everyone(), midnight("2025-07-01")).await.unwrap().house_hours;
    assert_eq!(told.days.len(), 6);
    assert_eq!(told.spans, [HourSpan { from: "10:00".to_owned(), to: "16:00".to_owned() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_cannot_be_read_stops_the_start_and_says_where() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("calendar.toml"), OWN.replace("\"sat\"", "\"sta\"")).unwrap();
    let refused = App::open(folder.path(), AppOptions::default()).await.err().unwrap();
    assert_eq!(refused.code(), "bad_definition");
    assert!(refused.detail().en.contains("calendar.toml line 4"), "{}", refused.detail().en);
}
