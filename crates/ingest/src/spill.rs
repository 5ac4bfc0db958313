//! Rows put aside on disk, part by part: lines of orders that lie scattered over a file, so that each part of the orders
//! can be made whole by itself.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, SeekFrom};

use crate::record::Record;
use crate::refusal::Refusal;

const PARTS: usize = 256;

/// Rows by the hash of what they belong to.
#[derive(Debug, Default)]
pub(crate) struct Spill {
    parts: Vec<Option<BufWriter<File>>>,
}

impl Spill {
    pub(crate) fn add(&mut self, hash: u64, record: &Record) -> Result<(), Refusal> {
        if self.parts.is_empty() {
            self.parts.resize_with(PARTS, || None);
        }
        let slot = &mut self.parts[(hash >> 56) as usize];
        let part = match slot {
            Some(part) => part,
            None => slot.insert(BufWriter::with_capacity(16 * 1024, tempfile::tempfile().map_err(Refusal::storage)?)),
        };
        record.write(part).map_err(Refusal::storage)
    }

    /// The parts that hold something, each ready to be read from its start.
    pub(crate) fn into_parts(self) -> Result<Vec<BufReader<File>>, Refusal> {
        let reader = |part: BufWriter<File>| {
            let mut file = part.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            Ok(BufReader::new(file))
        };
        let parts: std::io::Result<Vec<_>> = self.parts.into_iter().flatten().map(reader).collect();
        parts.map_err(Refusal::storage)
    }
}
