//! The command line: a file for each command.
//!
//! A command that works on a data folder runs against the open folder of this process or, while a server has it,
//! against the server's, over `DIR/liuke.sock`: the same code either way.

mod arguments;
mod backtest;
mod console;
mod demo;
mod doctor;
mod failure;
mod fetched;
mod folder;
mod import;
mod indicators;
mod lab;
mod model;
mod run;
mod serve;
mod sim;
mod socket;
mod source;
mod tables;
mod train;
mod words;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use tracing_subscriber::EnvFilter;
use vocab::Lang;

use arguments::{Cli, Command};
use console::Console;
use failure::{Done, Failure};

/// Reads the command line and does what it asks. The exit status is 0 done, 1 failed, 2 wrong usage, 3 done but some
/// input was rejected.
pub fn main() -> ExitCode {
    let argv: Vec<OsString> = std::env::args_os().collect();
    let lang = language(&argv, |name| std::env::var(name).ok());
    let cli = match read(&argv, lang) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, lang),
    };
    start_log(matches!(cli.command, Command::Serve(_) | Command::Demo(_)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    let result = match (runtime, Console::terminal(lang, cli.json)) {
        (Ok(runtime), Ok(mut console)) => {
            let result = runtime.block_on(dispatch(&cli.command, &argv, &mut console));
            runtime.shutdown_timeout(std::time::Duration::from_secs(10));
            result
        }
        (Err(error), _) | (_, Err(error)) => Err(Failure::from(error)),
    };
    match result {
        Ok(done) => ExitCode::from(done.status()),
        Err(failure) => {
            if let Some(line) = failure.line(lang) {
                let _ = writeln!(std::io::stderr(), "{line}");
            }
            ExitCode::from(failure.status())
        }
    }
}

/// Reads arguments as this program's, in a language.
fn read(argv: &[OsString], lang: Lang) -> Result<Cli, clap::Error> {
    let matches = words::localised(Cli::command(), lang).try_get_matches_from(argv)?;
    Cli::from_arg_matches(&matches)
}

fn usage(error: &clap::Error, lang: Lang) -> ExitCode {
    if !error.use_stderr() {
        let _ = write!(std::io::stdout(), "{error}");
        return ExitCode::SUCCESS;
    }
    let _ = write!(std::io::stderr(), "{}", words::refusal(error, lang));
    ExitCode::from(2)
}

/// `--lang` wherever it stands, else the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that names a language.
fn language(argv: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Lang {
    let words: Vec<&str> = argv.iter().filter_map(|word| word.to_str()).collect();
    let asked = words.iter().enumerate().find_map(|(place, word)| match word.strip_prefix("--lang") {
        Some("") => words.get(place + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    let asked = asked.and_then(Lang::from_tag);
    let of_machine =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| variable(name)).find_map(|tag| Lang::from_tag(&tag));
    asked.or(of_machine).unwrap_or_default()
}

/// The log goes to standard error; `LIUKE_LOG` says how much, `LIUKE_LOG_FORMAT=json` in which shape.
fn start_log(server: bool) {
    let otherwise = if server { "warn,server=info,app=info" } else { "warn" };
    let filter = EnvFilter::try_from_env("LIUKE_LOG").unwrap_or_else(|_| EnvFilter::new(otherwise));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let as_json = std::env::var("LIUKE_LOG_FORMAT").is_ok_and(|format| format == "json");
    let started = if as_json { log.json().try_init() } else { log.try_init() };
    // Only a second start within one process fails, and then there is a log already.
    drop(started);
}

async fn dispatch(command: &Command, argv: &[OsString], console: &mut Console) -> Result<Done, Failure> {
    match command {
        Command::Demo(demo) => demo::demo(demo, console).await,
        Command::Serve(serve) => serve::serve(serve, console).await,
        Command::Sim(sim) => sim::sim(sim, console),
        Command::Openapi(_) => {
            console.out(crate::openapi::text().as_bytes())?;
            Ok(Done::All)
        }
        Command::Doctor(doctor) => doctor::doctor(doctor, argv, console).await,
        Command::Lab(lab) => lab::lab(lab, console),
        Command::Indicators(asked) if asked.is_about_definitions() => indicators::on_definitions(asked, console),
        Command::Indicators(asked) if asked.facts.is_some() => indicators::of_file(asked, console),
        Command::Score(asked) if asked.facts.is_some() => tables::score_of_file(asked, console),
        command => folder::run(command, argv, console).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(argv: &[&str], lang: Option<&str>) -> Lang {
        let argv: Vec<OsString> = argv.iter().map(OsString::from).collect();
        language(&argv, |name| lang.filter(|_| name == "LANG").map(str::to_owned))
    }

    #[test]
    fn the_caller_chooses_the_language_before_the_machine_does() {
        assert_eq!(spoken(&["liuke", "run", "--lang", "en"], Some("zh_CN.UTF-8")), Lang::En);
        assert_eq!(spoken(&["liuke", "--lang=zh", "run"], Some("en_US.UTF-8")), Lang::Zh);
        assert_eq!(spoken(&["liuke", "run"], Some("en_US.UTF-8")), Lang::En);
        assert_eq!(spoken(&["liuke", "run"], Some("C")), Lang::Zh);
        assert_eq!(spoken(&["liuke", "run"], None), Lang::Zh);
    }

    #[test]
    fn the_arguments_make_sense_to_the_parser() {
        Cli::command().debug_assert();
        words::localised(Cli::command(), Lang::Zh).debug_assert();
    }
}
