//! A plain event file read by all cores: the quick road of `liuke indicators --facts`.
//!
//! Files that say more than one row at a time can tell (corrections, people without a customer) take the slow road,
//! [`crate::read_parquet`].

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use vocab::{AsOf, Zone};

use crate::deal::{Dealer, Dealing};
use crate::error::{Error, Sort};
use crate::file::LakeFile;
use crate::frame::Want;
use crate::parts::{FactParts, Scanned};

const ROWS_PER_BATCH: usize = 16_384;

/// Columns that may stay unread without any fact being misread, if they hold nothing.
const MUST_BE_EMPTY: [&str; 4] = ["actor_id", "currency", "supersedes", "retracts"];

impl FactParts {
    /// Reads a plain event file with so many threads; `None` if it needs the slow road: somebody's rows have no
    /// customer, rows correct others or are in other currencies, or properties or texts are wanted that the file has.
    pub fn read(path: &Path, want: &Want, end: AsOf, zone: &Zone, threads: usize) -> Result<Option<FactParts>, Error> {
        let lake = LakeFile::new(path.to_owned(), None);
        let columns = lake.columns()?;
        let has = |name: &str| columns.column_with_name(name).is_some();
        let needed = ["customer_id", "kind", "name", "occurred_at"].into_iter().all(has);
        let wants_more = (has("properties") && (want.all_properties || !want.properties.is_empty()))
            || (has("text") && want.text)
            || want.customer.is_some()
            || !want.kinds.is_empty();
        if !needed || wants_more {
            return Ok(None);
        }
        for column in MUST_BE_EMPTY {
            if has(column) && !lake.is_empty_column(column)? {
                return Ok(None);
            }
        }
        Scan::open(path, &columns, Dealing::new(lake.len()?, end, want.bearing.clone()))?.run(threads.max(1), zone)
    }
}

impl Scanned {
    /// What is gone through to read a plain event file as a whole.
    pub fn of_file(path: &Path) -> Result<Scanned, Error> {
        let file = LakeFile::new(path.to_owned(), None);
        let columns = file.columns()?.fields().iter().map(|field| field.name().clone()).collect();
        let (row_groups, rows) = (file.row_groups()?, file.len()?);
        Ok(Scanned { files: 1, row_groups, columns, rows, parts: 1, spilled_bytes: 0 })
    }
}

/// A file being read.
struct Scan<'p> {
    path: &'p Path,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    row_groups: usize,
    columns: Vec<String>,
    next_group: AtomicUsize,
    dealing: Dealing,
}

impl<'p> Scan<'p> {
    fn open(path: &'p Path, columns: &SchemaRef, dealing: Dealing) -> Result<Scan<'p>, Error> {
        let damaged = |source| Error::because(Sort::Damaged, format!("cannot read {}", path.display()), source);
        let wanted = ["customer_id", "kind", "name", "occurred_at", "known_at", "value"];
        let coded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let is_text =
            |field: &Field| matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let fields = columns.fields().iter().map(|field| match field.name().as_str() {
            "customer_id" if is_text(field) => field.as_ref().clone().with_data_type(DataType::Utf8View),
            "kind" | "name" if is_text(field) => field.as_ref().clone().with_data_type(coded.clone()),
            _ => field.as_ref().clone(),
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let open = || File::open(path).map_err(|source| Error::io("open", path, source));
        let asked = ArrowReaderOptions::new().with_schema(schema);
        let metadata = match ArrowReaderMetadata::load(&open()?, asked) {
            Ok(metadata) => metadata,
            // Types that cannot be read so are cast afterwards.
            Err(_) => ArrowReaderMetadata::load(&open()?, ArrowReaderOptions::new()).map_err(damaged)?,
        };
        let descriptor = metadata.metadata().file_metadata().schema_descr();
        let roots = descriptor.root_schema().get_fields().iter().enumerate();
        let read: Vec<(usize, String)> = roots
            .filter(|(_, root)| wanted.contains(&root.name()))
            .map(|(place, root)| (place, root.name().to_owned()))
            .collect();
        let mask = ProjectionMask::roots(descriptor, read.iter().map(|(place, _)| *place));
        let columns = read.into_iter().map(|(_, name)| name).collect();
        let row_groups = metadata.metadata().num_row_groups();
        Ok(Scan { path, metadata, mask, row_groups, columns, next_group: AtomicUsize::new(0), dealing })
    }

    fn run(self, threads: usize, zone: &Zone) -> Result<Option<FactParts>, Error> {
        let dealt: Vec<Result<Option<Dealer>, Error>> = std::thread::scope(|scope| {
            let handles: Vec<_> =
                (0..threads.min(self.row_groups.max(1))).map(|_| scope.spawn(|| self.deal())).collect();
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        let scanned = Scanned { files: 1, row_groups: self.row_groups, columns: self.columns, ..Scanned::default() };
        self.dealing.gather(dealt, zone, scanned)
    }

    /// One core: row groups one after the other, as long as there are any. `None` if the file needs the slow road.
    fn deal(&self) -> Result<Option<Dealer>, Error> {
        let damaged = |source| Error::because(Sort::Damaged, format!("cannot read {}", self.path.display()), source);
        let broken = |source| Error::because(Sort::Damaged, format!("cannot read {}", self.path.display()), source);
        let mut dealer = self.dealing.dealer();
        loop {
            let group = self.next_group.fetch_add(1, Ordering::Relaxed);
            if group >= self.row_groups {
                return Ok(Some(dealer));
            }
            let file = File::open(self.path).map_err(|source| Error::io("open", self.path, source))?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_projection(self.mask.clone())
                .with_batch_size(ROWS_PER_BATCH)
                .with_row_groups(vec![group])
                .build()
                .map_err(damaged)?;
            for batch in reader {
                if !self.dealing.deal(&batch.map_err(broken)?, group as u64, &mut dealer)? {
                    return Ok(None);
                }
            }
        }
    }
}
