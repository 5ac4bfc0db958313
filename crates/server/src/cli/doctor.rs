//! `liuke doctor`: what is set up, what is missing, how to mend it.

use std::ffi::OsString;
use std::path::Path;

use app::view::Words;
use app::{App, Reader};
use serde_json::json;
use vocab::{Instant, Lang, Scope, Zone};

use super::arguments::{Command, Doctor};
use super::console::Console;
use super::failure::{Done, Failure};
use super::folder;
use crate::{clock, http};

/// One thing looked at.
struct Check {
    id: &'static str,
    state: State,
    said: Words,
    mend: Words,
}

/// How it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Missing,
    Broken,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Good => "good",
            State::Missing => "missing",
            State::Broken => "broken",
        }
    }
}

pub(crate) async fn doctor(asked: &Doctor, argv: &[OsString], console: &mut Console) -> Result<Done, Failure> {
    let Some(data) = &asked.data else {
        let mut checks = of_program();
        checks.push(missing(
            "data",
            ("没有指定数据目录", "no data folder was named"),
            (
                "liuke doctor --data 目录；想先看看效果：liuke demo",
                "liuke doctor --data DIR; to look around first: liuke demo",
            ),
        ));
        return print(&checks, console);
    };
    if !console.path(data).is_dir() {
        let mut checks = of_program();
        checks.push(missing_folder(data));
        return print(&checks, console);
    }
    let command = Command::Doctor(Doctor { data: asked.data.clone() });
    folder::run(&command, argv, console).await
}

/// The program and, after it, an open folder.
pub(crate) async fn of_folder(app: &App, console: &mut Console) -> Result<Done, Failure> {
    let mut checks = of_program();
    checks.extend(of_data(app).await?);
    print(&checks, console)
}

fn of_program() -> Vec<Check> {
    let version = env!("CARGO_PKG_VERSION");
    let pages = match http::has_pages() {
        true => good("pages", ("页面已构建", "the screens are built in")),
        false => missing(
            "pages",
            ("页面还没有构建", "the screens have not been built"),
            ("在项目目录运行 make web", "run `make web` in the project folder"),
        ),
    };
    let zones = match Zone::named("Asia/Shanghai") {
        Ok(_) => good("zones", ("时区数据可用", "time zones are known")),
        Err(_) => broken(
            "zones",
            ("找不到时区数据", "time zones are unknown"),
            ("安装系统的 tzdata", "install the system's tzdata"),
        ),
    };
    vec![good("version", (&format!("留客 {version}"), &format!("liuke {version}"))), pages, zones]
}

async fn of_data(app: &App) -> Result<Vec<Check>, Failure> {
    let now = clock::now();
    let zone = app.zone().name().to_owned();
    let mut checks =
        vec![good("folder", (&format!("数据目录可用，时区 {zone}"), &format!("the data folder is good, zone {zone}")))];
    checks.push(match app.firm().await? {
        Some(firm) => good("firm", (&format!("企业：{}", firm.name), &format!("firm: {}", firm.name))),
        None => missing(
            "firm",
            ("企业信息还没有设置", "the firm has not been set up"),
            (
                "运行 liuke serve --data 目录，打开它打印的设置链接",
                "run liuke serve --data DIR and open the set-up link it prints",
            ),
        ),
    });
    let data = app.data(&Reader::command_line(), now).await?;
    let latest = data.sources.iter().filter_map(|source| Instant::parse_rfc3339(&source.last_at).ok()).max();
    let latest = latest.map(|at| app.zone().date_time(at)).unwrap_or_default();
    checks.push(match data.facts {
        0 => missing(
            "facts",
            ("还没有数据", "there is no data yet"),
            ("liuke import --data 目录 订单.csv", "liuke import --data DIR orders.csv"),
        ),
        facts => good(
            "facts",
            (
                &format!("{} 个来源，{facts} 条明细，最近一条 {latest}", data.sources.len()),
                &format!("{} sources, {facts} facts, the latest of {latest}", data.sources.len()),
            ),
        ),
    });
    if data.facts > 0 {
        let churn = app.churn(&Scope::All, None, now).await?;
        checks.push(match churn.not_yet {
            None => good(
                "churn",
                (&format!("流失口径：{}", churn.churn_name.zh), &format!("churn definition: {}", churn.churn_name.en)),
            ),
            Some(why) => Check {
                id: "churn",
                state: State::Missing,
                said: why,
                mend: words((
                    "导入所缺的数据或更长的历史，或换一个流失口径",
                    "import what is missing or a longer history, or choose another churn definition",
                )),
            },
        });
    }
    checks.push(of_cycle(app, data.facts > 0).await?);
    // In a running server only: nothing stands in a process that does one thing.
    checks.extend(app.standing_size().map(|size| {
        let (customers, each) = (size.customers, size.bytes / size.customers.max(1));
        good(
            "standing",
            (
                &format!("实时状态：{customers} 位客户，平均每位 {each} 字节"),
                &format!("standing state: {customers} customers, {each} bytes each"),
            ),
        )
    }));
    Ok(checks)
}

async fn of_cycle(app: &App, has_facts: bool) -> Result<Check, Failure> {
    let now = clock::now();
    let status = app.cycle_status(&vocab::Scope::All, now).await?;
    let due = app.last_midnight(now).instant();
    let mend = (
        "liuke run --data 目录；服务运行时每天零点后自动运行",
        "liuke run --data DIR; a running server does it daily after midnight",
    );
    if let Some(failure) = status.failure {
        return Ok(Check { id: "cycle", state: State::Broken, said: failure, mend: words(mend) });
    }
    let last = status.last_as_of.and_then(|at| Instant::parse_rfc3339(&at).ok());
    let Some(last) = last else {
        return Ok(missing("cycle", ("还没有算过名单", "no list has been computed"), mend));
    };
    let shown = app.zone().date_time(last);
    Ok(match last >= due || !has_facts {
        true => good("cycle", (&format!("名单已更新到 {shown}"), &format!("the list stands at {shown}"))),
        false => missing("cycle", (&format!("名单停在 {shown}"), &format!("the list still stands at {shown}")), mend),
    })
}

fn missing_folder(data: &Path) -> Check {
    let shown = data.display();
    missing(
        "folder",
        (&format!("没有这个数据目录：{shown}"), &format!("no such data folder: {shown}")),
        ("liuke serve --data 目录 会新建它", "liuke serve --data DIR makes it"),
    )
}

fn good(id: &'static str, said: (&str, &str)) -> Check {
    Check { id, state: State::Good, said: words(said), mend: Words::default() }
}

fn missing(id: &'static str, said: (&str, &str), mend: (&str, &str)) -> Check {
    Check { id, state: State::Missing, said: words(said), mend: words(mend) }
}

fn broken(id: &'static str, said: (&str, &str), mend: (&str, &str)) -> Check {
    Check { id, state: State::Broken, said: words(said), mend: words(mend) }
}

fn words((zh, en): (&str, &str)) -> Words {
    Words { zh: zh.to_owned(), en: en.to_owned() }
}

fn print(checks: &[Check], console: &mut Console) -> Result<Done, Failure> {
    let pick = |words: &Words, lang: Lang| if lang == Lang::Zh { words.zh.clone() } else { words.en.clone() };
    let lang = console.lang;
    if console.json {
        let rows: Vec<_> = checks
            .iter()
            .map(|check| {
                json!({
                    "check": check.id,
                    "state": check.state.as_str(),
                    "detail": pick(&check.said, lang),
                    "hint": pick(&check.mend, lang),
                })
            })
            .collect();
        console.print_json(&json!({ "checks": rows }))?;
    } else {
        for check in checks {
            let mark = match check.state {
                State::Good => "✓",
                State::Missing => "○",
                State::Broken => "✗",
            };
            console.out(format!("{mark} {}\n", pick(&check.said, lang)).as_bytes())?;
            if check.state != State::Good {
                console.out(format!("  → {}\n", pick(&check.mend, lang)).as_bytes())?;
            }
        }
    }
    let broken = checks.iter().any(|check| check.state == State::Broken);
    if broken {
        return Err(Failure::failed(
            ("有需要修复的问题", "something is broken"),
            ("按上面的提示修复", "mend it as shown above"),
        ));
    }
    Ok(Done::All)
}
