//! How a command ends: done, failed, wrongly used, or done with some input rejected.

use std::io;

use app::view::Words;
use vocab::Lang;

/// Exit status of a command that did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// 0: all of it.
    All,
    /// 3: some input was rejected.
    SomeRejected,
}

impl Done {
    pub(crate) fn status(self) -> u8 {
        match self {
            Done::All => 0,
            Done::SomeRejected => 3,
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 1: with what is wrong and what to do.
    Failed(Words, Words),
    /// 2: it was called wrongly.
    Usage(Words, Words),
    /// 0: whoever read the result has heard enough.
    Deaf,
}

impl Failure {
    pub(crate) fn failed(detail: (impl Into<String>, impl Into<String>), hint: (&str, &str)) -> Self {
        Failure::Failed(words(detail), words(hint))
    }

    pub(crate) fn usage(detail: (impl Into<String>, impl Into<String>), hint: (&str, &str)) -> Self {
        Failure::Usage(words(detail), words(hint))
    }

    pub(crate) fn status(&self) -> u8 {
        match self {
            Failure::Failed(..) => 1,
            Failure::Usage(..) => 2,
            Failure::Deaf => 0,
        }
    }

    /// What is said about it.
    pub(crate) fn line(&self, lang: Lang) -> Option<String> {
        let (Failure::Failed(detail, hint) | Failure::Usage(detail, hint)) = self else { return None };
        if detail.zh.is_empty() {
            return None;
        }
        let said = match lang {
            Lang::Zh => (&detail.zh, &hint.zh, "错误：", "\n提示："),
            Lang::En => (&detail.en, &hint.en, "error: ", "\nhint: "),
        };
        let (detail, hint, error, what_to_do) = said;
        Some(match hint.is_empty() {
            true => format!("{error}{detail}"),
            false => format!("{error}{detail}{what_to_do}{hint}"),
        })
    }
}

fn words((zh, en): (impl Into<String>, impl Into<String>)) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

impl From<app::Error> for Failure {
    fn from(error: app::Error) -> Self {
        let mut detail = error.detail().clone();
        if let Some(cause) = error.cause() {
            // The person at the terminal owns the machine: for them the cause is no secret.
            detail.zh.push_str(&format!("（{cause}）"));
            detail.en.push_str(&format!(" ({cause})"));
        }
        let hint = match error.class() {
            // No request has a number here, and no administrator is asked but the one who reads this.
            app::Class::Internal => words((
                "请再试一次；若再次出现，运行 liuke doctor 检查数据目录",
                "try again; if it happens again, let `liuke doctor` look at the data folder",
            )),
            _ => error.hint().clone(),
        };
        match error.code() {
            // What cannot be read stood on the command line.
            "bad_moment" => Failure::Usage(detail, hint),
            _ => Failure::Failed(detail, hint),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::Deaf;
        }
        Failure::failed((format!("读写失败：{error}"), format!("reading or writing failed: {error}")), ("", ""))
    }
}
