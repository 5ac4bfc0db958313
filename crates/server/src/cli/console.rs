//! Where a command speaks: a terminal of its own, or one at the other end of a running server's socket.
//!
//! Results go to `out` and nothing else does; what is said to a person goes to `err`. So a pipe gets only the result.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use vocab::Lang;

use super::failure::Failure;

/// The receiving end of a command's words.
pub(crate) trait Sink: Send {
    /// A piece of the result.
    fn out(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// A line for a person.
    fn err(&mut self, line: &str);
    /// How far the work is.
    fn progress(&mut self, done: u64, total: Option<u64>);
}

/// How a command was called, and where it speaks.
pub(crate) struct Console {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
    pub(crate) cwd: PathBuf,
    pub(crate) tty: bool,
    pub(crate) sink: Box<dyn Sink>,
}

impl Console {
    /// The terminal this process was started on.
    pub(crate) fn terminal(lang: Lang, json: bool) -> io::Result<Self> {
        Ok(Self {
            lang,
            json,
            cwd: std::env::current_dir()?,
            tty: io::stdout().is_terminal(),
            sink: Box::new(Terminal { bar: None }),
        })
    }

    /// Says a line to a person.
    pub(crate) fn say(&mut self, zh: impl AsRef<str>, en: impl AsRef<str>) {
        let line = match self.lang {
            Lang::Zh => zh.as_ref(),
            Lang::En => en.as_ref(),
        };
        self.sink.err(line);
    }

    /// Writes a piece of the result.
    pub(crate) fn out(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.sink.out(bytes)?)
    }

    /// Writes a line of the result in the language asked for.
    pub(crate) fn tell(&mut self, zh: impl AsRef<str>, en: impl AsRef<str>) -> Result<(), Failure> {
        let line = match self.lang {
            Lang::Zh => zh.as_ref(),
            Lang::En => en.as_ref(),
        };
        self.out(format!("{line}\n").as_bytes())
    }

    /// Says where a server is; a server goes on when nobody reads that to its end (`liuke serve | head -1`).
    pub(crate) fn greet(&mut self, words: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        match words(self) {
            Err(Failure::Deaf) => Ok(()),
            said => said,
        }
    }

    /// Writes the result for a machine.
    pub(crate) fn print_json(&mut self, value: &Value) -> Result<(), Failure> {
        self.out(format!("{value}\n").as_bytes())
    }

    /// A path as the caller meant it: relative to where they stand, not to where the server stands.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.cwd.join(path).components().collect()
    }
}

/// Standard output and error; a progress bar only where somebody watches.
struct Terminal {
    bar: Option<ProgressBar>,
}

impl Sink for Terminal {
    fn out(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.clear();
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    fn err(&mut self, line: &str) {
        self.clear();
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(io::stderr(), "{line}");
    }

    fn progress(&mut self, done: u64, total: Option<u64>) {
        if !io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(total.unwrap_or(0));
            let shape = if total.is_some() {
                "{bar:32} {human_pos}/{human_len} {eta}"
            } else {
                "{spinner} {human_pos} {per_sec}"
            };
            if let Ok(style) = ProgressStyle::with_template(shape) {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(done);
    }
}

impl Terminal {
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.clear();
    }
}
