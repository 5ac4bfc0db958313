//! Commands on a data folder: run here, or by the server that has the folder.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use app::{App, AppOptions};
use tempfile::TempDir;
use vocab::Zone;

use super::arguments::{Command, IndicatorsAction, SourceAction};
use super::console::Console;
use super::failure::{Done, Failure};
use super::{backtest, import, indicators, model, run, socket, source, tables, train};

/// What is kept in memory of the ids of a folder that an import begins: nothing of it is looked up twice.
const CACHE_OF_NEW_FOLDER: u64 = 8 << 20;
/// How often a folder is tried whose owner does not answer yet.
const ATTEMPTS: u32 = 15;

impl Command {
    /// The folder a command works on, if it is one that a server could do for it.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Command::Import(import) => Some(&import.data),
            Command::Facts(facts) => Some(&facts.data),
            Command::Indicators(indicators) => indicators.folder(),
            Command::Score(score) => score.data.as_deref(),
            Command::Run(run) => Some(&run.data),
            Command::Backtest(backtest) => Some(&backtest.data),
            Command::Train(train) => Some(&train.data),
            Command::Model(model) => Some(model.action.data()),
            Command::Doctor(doctor) => doctor.data.as_deref(),
            Command::Source(source) => Some(source.action.data()),
            Command::Demo(_) | Command::Serve(_) | Command::Sim(_) | Command::Lab(_) | Command::Openapi(_) => None,
        }
    }
}

impl Command {
    /// Whether a folder that is not there is made rather than missed.
    fn may_make_folder(&self) -> bool {
        match self {
            Command::Import(_) => true,
            Command::Source(source) => matches!(source.action, SourceAction::Add(_)),
            _ => false,
        }
    }
}

/// Runs a command on its folder.
pub(crate) async fn run(command: &Command, argv: &[OsString], console: &mut Console) -> Result<Done, Failure> {
    let Some(folder) = command.folder() else {
        return Err(Failure::usage(("这个命令不针对数据目录", "this command is not about a folder"), ("", "")));
    };
    let mut dir = console.path(folder);
    let timezone = match command {
        Command::Import(import) => {
            import::check(import, console)?;
            zone(import.timezone.as_deref())?
        }
        _ => None,
    };
    if !command.may_make_folder() && !dir.is_dir() {
        return Err(no_folder(folder));
    }
    // The firm's zone is fixed with the folder; later `--timezone` only reads times without one.
    let timezone = timezone.filter(|_| is_empty(&dir));
    let begins = matches!(command, Command::Import(_)) && is_empty(&dir);
    // A trial leaves an empty folder empty: its zone is still to be chosen.
    let trial = match command {
        Command::Import(import) if import.dry_run && begins => Some(stand_in(&dir)?),
        _ => None,
    };
    if let Some(trial) = &trial {
        dir = trial.path().to_owned();
    }
    let cache_bytes = begins.then_some(CACHE_OF_NEW_FOLDER);
    let mut attempt = 1;
    loop {
        if let Some(ended) = socket::forward(&dir, argv, console)? {
            return ended;
        }
        let options = AppOptions { cache_bytes, is_headless: true, ..options(timezone.clone()) };
        match App::open(&dir, options).await {
            Ok(app) => {
                let ended = on_open(&app, command, console).await;
                app.close().await?;
                return ended;
            }
            Err(error) if error.code() == "folder_locked" && attempt < ATTEMPTS => {
                attempt += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// A folder to try an import in instead of the one that it is for, which is there afterwards and empty.
fn stand_in(dir: &Path) -> Result<TempDir, Failure> {
    std::fs::create_dir_all(dir).map_err(|error| {
        let shown = dir.display();
        Failure::failed(
            (format!("无法使用数据目录 {shown}：{error}"), format!("cannot use the data folder {shown}: {error}")),
            ("请换一个可写的目录", "choose a folder that can be written"),
        )
    })?;
    Ok(tempfile::Builder::new().prefix("liuke-trial-").tempdir()?)
}

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none())
}

/// Runs a command against an open folder, whoever opened it.
pub(crate) async fn on_open(app: &App, command: &Command, console: &mut Console) -> Result<Done, Failure> {
    match command {
        Command::Import(import) => import::import(app, import, console).await,
        Command::Facts(facts) => tables::facts(app, facts, console),
        Command::Indicators(asked) => match &asked.action {
            Some(IndicatorsAction::Efficacy(efficacy)) => indicators::efficacy(app, efficacy, console).await,
            _ => indicators::of_folder(app, asked, console).await,
        },
        Command::Score(score) => tables::score(app, score, console).await,
        Command::Run(run) => run::run(app, run, console).await,
        Command::Backtest(asked) => backtest::backtest(app, asked, console).await,
        Command::Train(asked) => train::train(app, asked, console).await,
        Command::Model(asked) => model::model(app, &asked.action, console).await,
        Command::Source(asked) => source::source(app, &asked.action, console).await,
        Command::Doctor(_) => super::doctor::of_folder(app, console).await,
        Command::Demo(_) | Command::Serve(_) | Command::Sim(_) | Command::Lab(_) | Command::Openapi(_) => {
            Err(Failure::usage(("这个命令不针对数据目录", "this command is not about a folder"), ("", "")))
        }
    }
}

/// Options of a folder opened by a command: the same database as the server's, where one is named.
pub(crate) fn options(zone: Option<Zone>) -> AppOptions {
    AppOptions { database: variable("LIUKE_DATABASE"), zone, secret: variable("LIUKE_SECRET"), ..AppOptions::default() }
}

/// A variable of the environment with something in it.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A zone as named on the command line.
pub(crate) fn zone(name: Option<&str>) -> Result<Option<Zone>, Failure> {
    name.map(Zone::named).transpose().map_err(|_| {
        let name = name.unwrap_or_default();
        Failure::usage(
            (format!("没有这个时区：“{name}”"), format!("no such time zone: \"{name}\"")),
            ("例如 Asia/Shanghai", "for example Asia/Shanghai"),
        )
    })
}

fn no_folder(folder: &Path) -> Failure {
    let shown = folder.display();
    Failure::failed(
        (format!("没有这个数据目录：{shown}"), format!("no such data folder: {shown}")),
        (
            "检查路径；新目录由 liuke import 或 liuke serve 建立",
            "check the path; `liuke import` or `liuke serve` make a new one",
        ),
    )
}
