//! Rows on their way from a source to us, a page at a time, so that memory does not grow with the source.
//!
//! A task reads from the source and hands over pages; whoever takes them does so at their own pace: no more than one
//! page waits.

use tokio::sync::mpsc;
use vocab::Text;

use crate::record::Record;
use crate::refusal::Refusal;

const PAGE_ROWS: usize = 2_000;
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Some rows. All pages of one reading have the same columns.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) headers: Vec<String>,
    pub(crate) records: Vec<Record>,
    /// For each column whether the source holds numbers in it.
    pub(crate) numbers: Vec<bool>,
}

/// The taking end.
#[derive(Debug)]
pub(crate) struct Rows {
    pages: mpsc::Receiver<Result<Page, Refusal>>,
    task: tokio::task::AbortHandle,
}

impl Rows {
    /// Begins to read on a task of its own, which ends when the taker loses interest.
    pub(crate) fn begin<F>(read: impl FnOnce(Outlet) -> F) -> Rows
    where
        F: Future<Output = Result<(), Refusal>> + Send + 'static,
    {
        let (sender, pages) = mpsc::channel(1);
        let reading = read(Outlet { sender: sender.clone(), page: Page::default(), bytes: 0, row: 0 });
        let task = tokio::spawn(async move {
            if let Err(refusal) = reading.await {
                // Nobody listens any more: nobody needs to know.
                let _ = sender.send(Err(refusal)).await;
            }
        });
        Rows { pages, task: task.abort_handle() }
    }

    /// The next page; `None` after the last. Blocks the thread, which must not be one that drives tasks.
    pub(crate) fn next(&mut self) -> Result<Option<Page>, Refusal> {
        self.pages.blocking_recv().transpose()
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The giving end.
pub(crate) struct Outlet {
    sender: mpsc::Sender<Result<Page, Refusal>>,
    page: Page,
    bytes: usize,
    row: u64,
}

impl Outlet {
    /// Says which columns there are. A header that stands twice gets a number, since a mapping is by header.
    pub(crate) fn columns(&mut self, headers: impl IntoIterator<Item = (String, bool)>) {
        let mut taken = std::collections::HashSet::new();
        for (header, is_number) in headers {
            let mut name = header.clone();
            let mut count = 1;
            while !taken.insert(name.clone()) {
                count += 1;
                name = format!("{header} ({count})");
            }
            self.page.headers.push(name);
            self.page.numbers.push(is_number);
        }
    }

    pub(crate) fn has_columns(&self) -> bool {
        !self.page.headers.is_empty()
    }

    pub(crate) fn headers(&self) -> Vec<String> {
        self.page.headers.clone()
    }

    /// Hands a row over; waits while the taker is busy.
    pub(crate) async fn row<'a>(
        &mut self,
        cells: impl Iterator<Item = Option<std::borrow::Cow<'a, str>>>,
    ) -> Result<(), Refusal> {
        self.row += 1;
        let mut record = Record::default();
        record.clear(self.row);
        for cell in cells {
            let cell = cell.unwrap_or_default();
            self.bytes += cell.len() + 8;
            record.push(&cell);
        }
        self.page.records.push(record);
        if self.page.records.len() >= PAGE_ROWS || self.bytes >= PAGE_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    /// Hands over what has come together; the columns alone if there is no row.
    pub(crate) async fn flush(&mut self) -> Result<(), Refusal> {
        let next = Page { headers: self.page.headers.clone(), records: Vec::new(), numbers: self.page.numbers.clone() };
        let page = std::mem::replace(&mut self.page, next);
        self.bytes = 0;
        self.sender.send(Ok(page)).await.map_err(|_| {
            Refusal::new(
                "stopped",
                Text::new("读取已停止", "reading was stopped"),
                Text::new("可以再次运行，会接着读", "run it again: it goes on where it stopped"),
            )
        })
    }
}
