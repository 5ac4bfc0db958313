//! When a whole file cannot be taken: nothing of it was written, and why.

use std::error::Error;
use std::fmt;
use std::path::Path;

use vocab::{Finding, Lang, Place, Text};

use crate::fault::Fault;

/// A file, or a mapping, that cannot be taken as it is.
///
/// There is always at least one finding: a stable code, what is wrong and what to do, in both languages. Whatever was
/// found before the first row was read means that nothing was written; a failure of the disk in the middle of a long
/// import leaves what was already loaded, and the same import again completes it.
#[derive(Debug)]
pub struct Refusal {
    findings: Vec<Finding>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, detail: Text, hint: Text) -> Self {
        Self { findings: vec![Finding::new(code, detail, hint)], cause: None }
    }

    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(crate) fn of_file(mut self, path: &Path) -> Self {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
        for finding in &mut self.findings {
            finding.place = Place { file: file.clone(), ..finding.place.clone() };
        }
        self
    }

    /// The same refusal under the name of the file as the person knows it: what was unpacked has a name of its own.
    pub(crate) fn named(self, path: &Path) -> Self {
        self.of_file(path)
    }

    pub(crate) fn of(findings: Vec<Finding>) -> Self {
        debug_assert!(!findings.is_empty(), "a refusal says why");
        Self { findings, cause: None }
    }

    pub(crate) fn unreadable(path: &Path, what: &str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        let shown: String = cause.to_string().chars().take(200).collect();
        Self::new(
            "unreadable_file",
            Text::new(format!("{what} 文件读不出来：{shown}"), format!("the {what} file cannot be read: {shown}")),
            Text::new("文件可能不完整或已损坏，请重新导出", "it may be cut off or damaged: export it again"),
        )
        .of_file(path)
        .because(cause)
    }

    pub(crate) fn storage(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        let shown: String = cause.to_string().chars().take(300).collect();
        Self::new(
            "storage_failed",
            Text::new(format!("数据目录写入或读取失败：{shown}"), format!("the data folder failed: {shown}")),
            Text::new(
                "检查磁盘空间与权限后重试；重复导入不会重复计数",
                "check space and rights and try again: importing again adds nothing twice",
            ),
        )
        .because(cause)
    }

    /// Every fault found, the first being the reason.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The stable code of the first finding.
    pub fn code(&self) -> &'static str {
        self.findings.first().map_or("refused", |finding| finding.code)
    }

    /// Whether our own disk failed rather than the file: trying again may help.
    pub fn is_storage(&self) -> bool {
        self.code() == "storage_failed"
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::of(vec![fault.without_row()])
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, finding) in self.findings.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&finding.line(Lang::En))?;
        }
        Ok(())
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The cause is already part of the text; its own causes are not.
        self.cause.as_deref().and_then(|cause| cause.source())
    }
}
