//! Why a use case refused, in words for a person and a class for a program.

use std::fmt;

use crate::view::Words;

/// What sort of refusal it is; `server` maps it to a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The request cannot be understood or breaks a rule.
    BadInput,
    /// Nobody is signed in, or with wrong credentials.
    Unauthorised,
    /// Signed in, but not allowed.
    Forbidden,
    /// No such thing, or not in the reader's scope.
    NotFound,
    /// Somebody else changed it first, or the state does not allow it.
    Conflict,
    /// Too many attempts.
    TooMany,
    /// The data folder belongs to another process, or another run is under way.
    Busy,
    /// Our own fault or the machine's: said once in the log.
    Internal,
}

/// A refusal: class, stable code, detail and hint in both languages.
#[derive(Clone, Debug)]
pub struct Error {
    class: Class,
    code: &'static str,
    said: Box<Said>,
}

/// The words of a refusal: apart, so that a result that carries none stays small.
#[derive(Clone, Debug)]
struct Said {
    detail: Words,
    hint: Words,
    cause: Option<String>,
}

impl Error {
    pub(crate) fn new(class: Class, code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Self {
        Self { class, code, said: Box::new(Said { detail: words(detail), hint: words(hint), cause: None }) }
    }

    pub(crate) fn bad(code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Self {
        Self::new(Class::BadInput, code, detail, hint)
    }

    pub(crate) fn not_found(what: (&str, &str)) -> Self {
        let detail = (format!("没有找到{}", what.0), format!("cannot find {}", what.1));
        Self::new(
            Class::NotFound,
            "not_found",
            (&detail.0, &detail.1),
            ("可能已被删除，或不在您的权限范围内", "it may be gone, or outside what you may see"),
        )
    }

    pub(crate) fn changed_meanwhile() -> Self {
        Self::new(
            Class::Conflict,
            "version_conflict",
            ("这条记录刚被别人改过", "somebody else has just changed this"),
            ("请刷新后再试", "reload and try again"),
        )
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(
            Class::Forbidden,
            "forbidden",
            ("您没有权限做这一步", "you are not allowed to do this"),
            ("请联系管理员", "ask an administrator"),
        )
    }

    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        let mut error = Self::new(
            Class::Internal,
            "internal",
            ("系统内部出错，数据没有受影响", "something went wrong inside; no data was harmed"),
            (
                "请稍后再试；若再次出现，请把请求编号告诉管理员",
                "try again; if it happens again, give the request id to an administrator",
            ),
        );
        error.said.cause = Some(cause.to_string());
        error
    }

    /// What sort of refusal.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Stable, in `snake_case`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What went wrong.
    pub fn detail(&self) -> &Words {
        &self.said.detail
    }

    /// What to do.
    pub fn hint(&self) -> &Words {
        &self.said.hint
    }

    /// What lies behind an internal error: for the log, never for a screen.
    pub fn cause(&self) -> Option<&str> {
        self.said.cause.as_deref()
    }
}

fn words((zh, en): (&str, &str)) -> Words {
    Words { zh: zh.to_owned(), en: en.to_owned() }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.said.detail.en)?;
        match &self.said.cause {
            Some(cause) => write!(f, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<facts::Error> for Error {
    fn from(error: facts::Error) -> Self {
        if error.is_busy() {
            return crate::error::busy();
        }
        if error.is_locked() {
            return Self::new(
                Class::Busy,
                "folder_locked",
                ("数据目录正被另一个 liuke 进程使用", "the data folder is in use by another liuke process"),
                ("请先停止那个进程，或换一个目录", "stop that process, or use another folder"),
            );
        }
        if error.is_missing() {
            return Self::not_found(("这条待修正的数据", "the held row"));
        }
        Self::internal(error)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        if error.is_not_found() {
            return Self::not_found(("这条记录", "the record"));
        }
        if error.is_conflict() {
            return Self::changed_meanwhile();
        }
        Self::internal(error)
    }
}

/// The first of many findings stands for all; the rest follow in the detail.
pub(crate) fn from_findings(code: &'static str, findings: &[vocab::Finding]) -> Error {
    let join = |lang| findings.iter().map(|finding| finding.line(lang)).collect::<Vec<_>>().join("\n");
    Error::bad(code, (&join(vocab::Lang::Zh), &join(vocab::Lang::En)), ("请按提示修改", "mend what is named"))
}

/// A refusal that passes: the sender comes again later.
pub(crate) fn busy() -> Error {
    Error::new(
        Class::TooMany,
        "busy",
        ("数据进来得太快，暂时接不下", "more comes in than can be taken at the moment"),
        (
            "请按 Retry-After 稍后重发，不会丢失也不会重复",
            "send it again after Retry-After; nothing is lost or doubled",
        ),
    )
}
