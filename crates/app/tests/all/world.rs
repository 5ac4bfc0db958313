//! A small sample firm in a temporary folder.

use std::time::Duration;

use app::view::Words;
use app::{App, AppOptions, CustomerQuery, Reader};
use sim::{World, WorldSpec};
use tempfile::TempDir;
use vocab::{AsOf, Instant, Zone};

use crate::fixture::{copied, copy_folder};

/// An open house with its folder.
pub struct House {
    pub app: App,
    pub dir: TempDir,
    pub now: Instant,
}

/// Midnight in the firm's zone.
pub fn midnight(date: &str) -> Instant {
    Zone::default().parse(date).unwrap()
}

/// Sees and does everything.
pub fn everyone() -> Reader {
    Reader::command_line()
}

/// All customers, whatever their state.
pub fn all() -> CustomerQuery {
    let states = ["current", "too_new", "gone"].map(str::to_owned).to_vec();
    CustomerQuery { states, limit: 500, ..CustomerQuery::default() }
}

/// A moment between two looks at what goes on in the background, which needs the machine more than whoever waits for it.
pub async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// A folder that nobody has set up.
pub async fn empty() -> House {
    open(TempDir::new().unwrap()).await
}

/// The moment at which the tests stand.
fn now() -> Instant {
    midnight("2025-07-01 09:00")
}

/// A SaaS firm of 150 customers with a year of history up to 2025-07-01, not yet scored.
pub async fn firm() -> House {
    open(history().await).await
}

async fn history() -> TempDir {
    copied("firm", async |folder| {
        let app = App::open(folder, AppOptions::default()).await.unwrap();
        let mut spec = WorldSpec::saas(midnight("2025-07-01"));
        (spec.customers, spec.days, spec.seed) = (150, 365, 7);
        let mut world = World::new(spec).unwrap();
        app.set_up_demo(Words::new("测试", "Test"), "saas", midnight("2025-01-01")).await.unwrap();
        while !world.is_over() {
            app.load_facts(world.advance(120), now()).await.unwrap();
        }
        app.close().await.unwrap();
    })
    .await
}

/// The same firm after its first cycle.
pub async fn scored() -> House {
    let dir = copied("scored", async |folder| {
        copy_folder(history().await.path(), folder);
        let app = App::open(folder, AppOptions::default()).await.unwrap();
        app.run_cycle(AsOf(midnight("2025-07-01")), now()).await.unwrap();
        app.close().await.unwrap();
    });
    open(dir.await).await
}

async fn open(dir: TempDir) -> House {
    let app = App::open(dir.path(), AppOptions::default()).await.unwrap();
    House { app, dir, now: now() }
}
