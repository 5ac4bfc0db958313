//! `liuke demo`: a sample company with half a year of alerts behind it, on screen within a minute.
//!
//! The address answers at once, with a page that says how far the preparation is. The company is the simulated one;
//! its last half year is lived through cycle by cycle, weekly and then daily, as if the server had been there. Once it is
//! on screen its people have a model learnt, and put it in service.

mod losses;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::view::{NewReviewDecision, ReviewDecision, ReviewDecisionChange, Staff, Words};
use app::{App, AppOptions, Reader, SampleLoss, SampleMove};
use serde_json::json;
use sim::{World, WorldSpec};
use tokio::sync::watch;
use vocab::{AsOf, Instant, Scope, Zone};

use super::arguments::Demo;
use super::console::Console;
use super::failure::{Done, Failure};
use super::serve::{keep_open, link, listen};
use super::sim::refused;
use crate::http::{Preparing, Site, SiteOptions};
use crate::{clock, serving};

const DAYS: u32 = 548;
const WEEKS_OF_CYCLES: i64 = 26;
const DAYS_OF_CYCLES: i64 = 7;
/// So many cases are always open, and of these so many new: there is something to do in the sample company.
const LEFT_OPEN: usize = 5;
const LEFT_NEW: usize = 2;
/// Over so many days before now people answer their reminders; what they answered before shows on no page.
const DAYS_OF_REMINDERS: i64 = 3;
/// Facts are brought in by the lot.
const LOT: usize = 200_000;
/// Whoever opens the first page has the machine alone for so long before a model is learnt.
const PEACE: Duration = Duration::from_secs(5);

pub(crate) async fn demo(asked: &Demo, console: &mut Console) -> Result<Done, Failure> {
    // An industry that there is none of is refused before anything is promised.
    let tried = WorldSpec { template: asked.template.clone(), customers: 1, ..WorldSpec::default() };
    World::new(tried).map_err(|findings| refused(&findings))?;
    let stop = serving::stop_signal()?;
    let listener = listen(asked.listen).await?;
    let address = listener.local_addr()?;
    let site = Site::new(SiteOptions { demo: true, ..SiteOptions::default() }, clock::now);
    let answering = tokio::spawn(serving::answer(site.clone(), listener, stop.clone()));
    console.greet(|console| announce(console, address))?;
    let folder = Folder::of(asked, console)?;
    let (app, is_new) = tokio::select! {
        prepared = prepare(asked, &folder.path, &site, console) => prepared?,
        () = serving::stopped(stop.clone()) => return Ok(Done::All),
    };
    site.ready(app.clone());
    if is_new && !asked.no_model {
        tokio::spawn(learn(app.clone(), stop.clone()));
    }
    let link = link(address, false, false, None);
    console.say(format!("已就绪，请打开 {link}"), format!("ready: open {link}"));
    keep_open(&site, &app, (&folder.path, &link), answering, stop, console).await
}

/// Where the sample company lives; a temporary folder goes when the demo ends.
struct Folder {
    path: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    fn of(asked: &Demo, console: &Console) -> Result<Folder, Failure> {
        if let Some(dir) = &asked.data {
            return Ok(Folder { path: console.path(dir), _temporary: None });
        }
        let temporary = tempfile::Builder::new().prefix("liuke-demo-").tempdir()?;
        Ok(Folder { path: temporary.path().to_owned(), _temporary: Some(temporary) })
    }
}

fn announce(console: &mut Console, address: SocketAddr) -> Result<(), Failure> {
    let link = link(address, false, false, None);
    if console.json {
        return console.print_json(&json!({ "address": link, "setup": null }));
    }
    console.tell(
        format!("留客示例公司：{link}（正在准备，约半分钟）"),
        format!("Liuke's sample company: {link} (preparing, about half a minute)"),
    )
}

/// Has the sample company's people learn a model and put it in service, beside whoever looks around already.
async fn learn(app: App, stop: watch::Receiver<bool>) {
    let work = async {
        tokio::time::sleep(PEACE).await;
        match app.put_sample_model_in_service(clock::now).await {
            Ok(Some(model)) => tracing::info!(model, "the sample company has a model in service"),
            Ok(None) => tracing::info!("no model came of the sample company's history"),
            Err(error) => tracing::warn!(%error, "the sample company has no model in service"),
        }
    };
    tokio::select! {
        () = work => {}
        () = serving::stopped(stop) => {
            // Where none runs there is nothing to stop.
            let _ = app.stop_training(&Reader::command_line()).await;
        }
    }
}

/// Opens the folder and makes the company, unless an earlier demo has left it there; whether it was made now.
async fn prepare(asked: &Demo, dir: &Path, site: &Site, console: &mut Console) -> Result<(App, bool), Failure> {
    let now = clock::now();
    let app = App::open(dir, AppOptions::default()).await?;
    if app.is_demo().await? && app.cycle_status(&Scope::All, now).await?.last_as_of.is_some() {
        return Ok((app, false));
    }
    if app.sequence() > 0 {
        return Err(Failure::failed(
            ("这个目录里已有数据，不能放示例公司", "this folder holds data already"),
            ("换一个空目录，或删掉中断的示例目录后再来", "use an empty folder, or remove that of an unfinished demo"),
        ));
    }
    let mut spec = WorldSpec::saas(app.zone().midnight(now));
    (spec.template, spec.customers, spec.seed) = (asked.template.clone(), asked.customers, asked.seed);
    (spec.days, spec.zone) = (DAYS, app.zone().clone());
    let world = World::new(spec).map_err(|findings| refused(&findings))?;
    // The company was set up before its first cycle: history never runs backwards.
    let founded = moments(app.zone(), now).first().map_or(now, |first| first.instant().plus_days(-1));
    app.set_up_demo(words("云栈科技", "Yunzhan Cloud"), &asked.template, founded).await?;
    app.employ_sample_staff(world.staff(), founded).await?;
    let losses = load(&app, world, site, console).await?;
    live_through(&app, &losses, now, site, console).await?;
    Ok((app, true))
}

/// Brings the history in; while one lot is being written the next days are being lived. Answers what the company's people
/// came to hear of those who left.
async fn load(app: &App, mut world: World, site: &Site, console: &mut Console) -> Result<Vec<SampleLoss>, Failure> {
    let (hand_over, mut lots) = tokio::sync::mpsc::channel(1);
    let living = tokio::task::spawn_blocking(move || {
        while !world.is_over() {
            let mut lot = world.advance(7);
            while lot.facts.len() < LOT && !world.is_over() {
                lot.facts.append(&mut world.advance(7).facts);
            }
            if hand_over.blocking_send((lot, world.days_lived())).is_err() {
                break;
            }
        }
        let mut losses: Vec<SampleLoss> = world.leavers().iter().filter_map(losses::heard).collect();
        losses.sort_by_key(|loss| loss.heard_at);
        losses
    });
    while let Some((lot, days)) = lots.recv().await {
        let report = app.load_facts(lot, clock::now()).await?;
        tracing::debug!(days, facts = report.appended, "history written");
        let stage = words("正在写入历史数据…", "writing history…");
        progress(site, console, stage, 0.6 * f64::from(days) / f64::from(DAYS));
    }
    Ok(living.await.map_err(std::io::Error::other)?)
}

/// Lives through the last half year, cycle by cycle, each at ten minutes past its midnight; between them the sample
/// company's people work their cases.
async fn live_through(
    app: &App,
    losses: &[SampleLoss],
    now: Instant,
    site: &Site,
    console: &mut Console,
) -> Result<(), Failure> {
    let at = |as_of: &AsOf| (*as_of, as_of.instant().plus_micros(600_000_000).min(now));
    let moments: Vec<(AsOf, Instant)> = moments(app.zone(), now).iter().map(at).collect();
    let (mut done, mut open) = (0, Vec::new());
    let lived = async |outcome: &app::CycleOutcome| {
        tracing::debug!(as_of = %outcome.as_of, opened = outcome.opened, resolved = outcome.resolved, "lived through");
        done += 1;
        let next = moments.get(done).map(|(as_of, _)| as_of.instant());
        if let Some(next) = next {
            let since = outcome.as_of.instant();
            decide(app, (since, next), now, &mut open).await?;
            let heard = losses.partition_point(|loss| loss.heard_at <= since)
                ..losses.partition_point(|loss| loss.heard_at <= next);
            app.confirm_sample_losses(&losses[heard], colleague).await?;
            work(app, next).await?;
            if now.days_since(next) < DAYS_OF_REMINDERS {
                app.answer_sample_reminders(next.plus_micros(-9 * 3_600_000_000)).await?;
            }
        }
        let share = done as f64 / moments.len() as f64;
        let stage = words("正在逐周评分、生成预警…", "scoring week by week, raising alerts…");
        progress(site, console, stage, 0.6 + 0.4 * share);
        Ok(())
    };
    app.run_cycles(&moments, lived).await?;
    Ok(())
}

/// What the sample company's people do until the next cycle: most cases are accepted in time and closed within days, a
/// few are left lying for a while. The newest wait for whoever looks, however few customers the company has.
async fn work(app: &App, until: Instant) -> Result<(), app::Error> {
    let query = app::CaseQuery { limit: 500, ..app::CaseQuery::default() };
    let mut cases = app.cases(&Reader::command_line(), &query, None, until).await?.rows;
    cases.sort_by_key(|case| std::cmp::Reverse(case.id));
    for (place, case) in cases.into_iter().enumerate().skip(LEFT_NEW) {
        // Habits, not chance: the same company behaves the same every time.
        let habit = case.id.wrapping_mul(2_654_435_761).rem_euclid(97);
        let reader = colleague(case.owner.as_deref());
        let moment = |text: &str| Instant::parse_rfc3339(text).unwrap_or(until);
        let (opened, accept_by) = (moment(&case.opened_at), moment(&case.accept_by));
        if case.state == "new" && habit < 84 && accept_by < until {
            let at = accept_by.plus_micros(-40 * 60_000_000).max(opened);
            app.make_sample_move(&reader, (case.id, case.version), SampleMove::Accept, at).await?;
        } else if case.state == "new" && until.days_since(opened) >= 3 {
            let at = until.plus_micros(-12 * 3_600_000_000);
            app.make_sample_move(&reader, (case.id, case.version), SampleMove::Accept, at).await?;
        } else if case.state == "accepted" && place >= LEFT_OPEN && until.days_since(opened) > habit % 4 {
            let outcome = ["retained", "retained", "no_action_needed", "false_alarm"][(habit % 4) as usize];
            let mut version = case.version;
            if outcome == "retained" {
                // Who stays was talked to; whose desk the case is on does not matter here.
                let reader = Reader { is_admin: true, ..reader.clone() };
                let late = until.plus_micros(-10 * 3_600_000_000);
                let in_time = moment(&case.act_by).plus_micros(-3 * 3_600_000_000);
                let at = if habit % 5 == 0 { late } else { late.min(in_time) };
                let at = at.max(case.accepted_at.as_deref().map_or(opened, moment));
                let talked = SampleMove::Act { note: "电话聊过，问题已说清" };
                version = app.make_sample_move(&reader, (case.id, version), talked, at).await?;
            }
            let at = until.plus_micros(-8 * 3_600_000_000).max(opened);
            app.make_sample_move(&reader, (case.id, version), SampleMove::Close { outcome }, at).await?;
        }
    }
    Ok(())
}

/// What the sample company's weekly reviews decide: two things every Monday at ten, by the Friday of that week, most of
/// them done by then. `open` are those that are not.
async fn decide(
    app: &App,
    (since, until): (Instant, Instant),
    now: Instant,
    open: &mut Vec<ReviewDecision>,
) -> Result<(), app::Error> {
    const HOUR: i64 = 3_600_000_000;
    const DECIDED: [&str; 4] = [
        "把受理超时的跟进单过一遍，周五前清零",
        "给沉默超过两周的高价值客户各打一个电话",
        "误报最多的规则，和数据同事一起调阈值",
        "上周流失的客户逐家做复盘，把原因补全",
    ];
    let by = |person: &Staff| Reader { staff: Some(person.clone()), ..Reader::command_line() };
    let zone = app.zone();
    let people: Vec<Staff> =
        app.staff(&Reader::command_line()).await?.into_iter().filter(|one| one.role == "manager").collect();
    for days in 0..=until.days_since(since) {
        let day = zone.midnight(since.plus_micros(12 * HOUR).plus_days(days));
        // Day 0 was a Thursday.
        let (is_monday, is_friday) = match zone.day_number(day).rem_euclid(7) {
            4 => (true, false),
            1 => (false, true),
            _ => continue,
        };
        let at = day.plus_micros(if is_monday { 10 } else { 16 } * HOUR);
        if people.is_empty() || at < since || at >= until {
            continue;
        }
        if is_friday {
            // Habits, as with cases: every fifth is left for another week.
            for one in open.extract_if(.., |one| one.id % 5 != 0 || one.due_on < zone.date(day)) {
                let done = ReviewDecisionChange { version: one.version, done: Some(true), ..Default::default() };
                let doer = people.iter().find(|person| person.id == one.who_id);
                app.change_review_decision(&doer.map_or_else(Reader::command_line, by), one.id, done, at).await?;
            }
            continue;
        }
        let number = zone.day_number(day).div_euclid(7);
        for place in [0, 1] {
            let choose = |count: usize| (number * 2 + place).rem_euclid(count as i64) as usize;
            let person = &people[choose(people.len())];
            // Of the last review one is about a customer: of older ones nobody looks at the cases any more.
            let about = if place == 1 && now.days_since(at) < 8 { troubled(app, person, at).await? } else { None };
            let title = if about.is_some() {
                "当面谈一次，把续约的顾虑问清楚"
            } else {
                DECIDED[choose(DECIDED.len())]
            };
            let decision = NewReviewDecision {
                week_on: zone.date(day.plus_days(-3)),
                title: title.to_owned(),
                to: person.id,
                due_on: zone.date(day.plus_days(4).plus_micros(12 * HOUR)),
                customer_id: about,
            };
            open.push(app.add_review_decision(&by(person), decision, at).await?);
        }
    }
    Ok(())
}

/// A customer of this person's own who has an open case; what is due first, first.
async fn troubled(app: &App, person: &Staff, at: Instant) -> Result<Option<String>, app::Error> {
    let query = app::CaseQuery { owner: person.owner_key.clone(), limit: 1, ..app::CaseQuery::default() };
    let cases = app.cases(&Reader::command_line(), &query, None, at).await?.rows;
    Ok(cases.into_iter().next().map(|case| case.customer_id))
}

/// The owner of a customer as the one who works its case; the duty desk where nobody owns it.
fn colleague(owner: Option<&str>) -> Reader {
    let name = owner.unwrap_or("值班").to_owned();
    let staff = Staff {
        id: 0,
        email: String::new(),
        role: "owner".to_owned(),
        owner_key: Some(name.clone()),
        unit_id: None,
        active: true,
        name,
    };
    Reader { staff: Some(staff), is_admin: false, ..Reader::command_line() }
}

/// The midnights of the cycles: weekly over half a year, daily over the last week, the last one last.
fn moments(zone: &Zone, now: Instant) -> Vec<AsOf> {
    let noon_before = |days: i64| zone.midnight(now).plus_days(-days).plus_micros(12 * 3_600_000_000);
    let weekly = (1..=WEEKS_OF_CYCLES).rev().map(|week| week * 7);
    let days = weekly.chain((0..DAYS_OF_CYCLES).rev());
    // Through noon, so that a day of 23 or 25 hours still ends at its own midnight.
    days.map(|days| AsOf(zone.midnight(noon_before(days)))).collect()
}

fn progress(site: &Site, console: &mut Console, stage: Words, share: f64) {
    console.sink.progress((share * 100.0).round() as u64, Some(100));
    site.prepare(Preparing { stage, share });
}

fn words(zh: &str, en: &str) -> Words {
    Words { zh: zh.to_owned(), en: en.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_half_year_ends_at_the_last_midnight() {
        let zone = Zone::default();
        let now = zone.parse("2025-06-30 15:00").unwrap();
        let moments = moments(&zone, now);
        let on = |place: usize| zone.date_time(moments[place].instant());
        assert_eq!(on(0), "2024-12-30 00:00:00");
        assert_eq!(on(moments.len() - 1), "2025-06-30 00:00:00");
        assert!(moments.is_sorted());
        assert_eq!(moments.len(), 33);
    }
}
