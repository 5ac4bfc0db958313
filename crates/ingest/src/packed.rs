//! What a file is packed in: nothing, gzip, or a zip with one or several entries; unpacked as a stream, never as a whole.
//!
//! An archive is measured before anything reads it: entries, ratio and total are bounded, and what it declares about
//! itself is not believed. A workbook is a zip as well and stays one: it is recognised here and read in `workbook`.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::{DeflateDecoder, MultiGzDecoder};
use tempfile::TempPath;
use vocab::Text;

use crate::refusal::Refusal;

const CHUNK: usize = 64 * 1024;
/// A stream that unpacks to more than this many times its size is taken for a bomb, once it is large.
const RATIO_LIMIT: u64 = 300;
const RATIO_FREE: u64 = 256 * 1024 * 1024;
const ENTRY_LIMIT: usize = 10_000;
/// Entries that may be tables of their own.
const TABLE_LIMIT: usize = 1_000;
/// All entries of an archive, unpacked.
const TOTAL_LIMIT: u64 = 256 * 1024 * 1024 * 1024;
/// What must lie on disk to be read (a workbook within an archive) may be this large.
const COPY_LIMIT: u64 = 4 * 1024 * 1024 * 1024;

/// How the bytes of one part lie in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    /// An entry of a zip, as it is.
    Stored {
        start: u64,
        size: u64,
    },
    /// An entry of a zip, deflated.
    Deflated {
        start: u64,
        size: u64,
    },
}

/// Something in a file that may be a table.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Name of the entry; empty for the file itself.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) packing: Packing,
    /// Keeps a copy on disk as long as it is read.
    _copy: Option<Arc<TempPath>>,
}

impl Part {
    fn of_file(path: &Path, packing: Packing) -> Part {
        Part { name: String::new(), path: path.to_owned(), packing, _copy: None }
    }

    #[cfg(test)]
    pub(crate) fn plain(path: &Path) -> Part {
        Part::of_file(path, Packing::Plain)
    }

    /// Its bytes, unpacked on the way.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, Refusal> {
        let unreadable = |error: std::io::Error| Refusal::unreadable(&self.path, "", error);
        let mut file = File::open(&self.path).map_err(unreadable)?;
        let reader: Box<dyn Read> = match self.packing {
            Packing::Plain => Box::new(file),
            Packing::Gzip => {
                let packed = file.metadata().map_or(0, |metadata| metadata.len());
                let reader = MultiGzDecoder::new(BufReader::with_capacity(CHUNK, file));
                Box::new(Bounded { reader, left: RATIO_FREE.max(packed.saturating_mul(RATIO_LIMIT)) })
            }
            Packing::Stored { start, size } => {
                file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
                Box::new(file.take(size))
            }
            Packing::Deflated { start, size } => {
                file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
                let reader = DeflateDecoder::new(BufReader::with_capacity(CHUNK, file.take(size)));
                Box::new(Bounded { reader, left: RATIO_FREE.max(size.saturating_mul(RATIO_LIMIT)) })
            }
        };
        Ok(reader)
    }

    /// Its first bytes.
    pub(crate) fn head(&self) -> Result<Vec<u8>, Refusal> {
        let mut head = Vec::with_capacity(4096);
        let read = self.open()?.take(4096).read_to_end(&mut head);
        read.map_err(|error| Refusal::unreadable(&self.path, "", error))?;
        Ok(head)
    }

    /// The same part as a file of its own, for formats that are read from their end.
    pub(crate) fn on_disk(self) -> Result<Part, Refusal> {
        if self.packing == Packing::Plain {
            return Ok(self);
        }
        let failed = |error: std::io::Error| Refusal::unreadable(&self.path, "", error);
        let mut copy = tempfile::NamedTempFile::new().map_err(failed)?;
        let mut reader = self.open()?.take(COPY_LIMIT + 1);
        let size = std::io::copy(&mut reader, &mut copy).map_err(failed)?;
        if size > COPY_LIMIT {
            return Err(bomb(&self.path));
        }
        copy.flush().map_err(failed)?;
        let path = copy.into_temp_path();
        Ok(Part { name: self.name, path: path.to_path_buf(), packing: Packing::Plain, _copy: Some(Arc::new(path)) })
    }
}

struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| std::io::Error::other("it unpacks to far too much (a bomb?)"))?;
        Ok(count)
    }
}

/// Everything in a file that may be a table: the file itself, what its gzip holds, or the entries of its zip.
pub(crate) fn parts(path: &Path) -> Result<Vec<Part>, Refusal> {
    let metadata = std::fs::metadata(path).map_err(|error| not_there(path, error))?;
    if !metadata.is_file() {
        return Err(Refusal::new(
            "not_a_file",
            Text::new("这是目录，不是文件", "this is a folder or a device, not a file"),
            Text::new("请指定文件", "name a file"),
        )
        .of_file(path));
    }
    let plain = Part::of_file(path, Packing::Plain);
    let head = match File::open(path) {
        Ok(_) => plain.head()?,
        Err(error) => return Err(not_there(path, error)),
    };
    if head.starts_with(&[0x1f, 0x8b]) {
        return Ok(vec![Part::of_file(path, Packing::Gzip)]);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return entries(path).map(|entries| entries.unwrap_or_else(|| vec![plain]));
    }
    Ok(vec![plain])
}

fn not_there(path: &Path, error: std::io::Error) -> Refusal {
    let (zh, en) = match error.kind() {
        std::io::ErrorKind::NotFound => ("文件不存在", "there is no such file"),
        std::io::ErrorKind::PermissionDenied => ("没有读取权限", "no right to read it"),
        _ => ("文件打不开", "it cannot be opened"),
    };
    Refusal::new("cannot_open", Text::new(zh, en), Text::new("检查路径与权限", "check the path and the rights"))
        .of_file(path)
        .because(error)
}

fn bomb(path: &Path) -> Refusal {
    Refusal::new(
        "archive_too_large",
        Text::new("压缩包解压后过大，可能是压缩炸弹", "the archive unpacks to far too much: it may be a bomb"),
        Text::new("请解压后逐个导入", "unpack it and import the files one by one"),
    )
    .of_file(path)
}

/// The entries of a zip that may be tables; `None` if the zip is a workbook.
fn entries(path: &Path) -> Result<Option<Vec<Part>>, Refusal> {
    let unreadable = |error: &dyn std::fmt::Display| Refusal::unreadable(path, "zip", error.to_string());
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(&error))?;
    let is_workbook = archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case("xl/workbook.xml"));
    if is_workbook {
        return Ok(None);
    }
    if archive.len() > ENTRY_LIMIT {
        return Err(bomb(path));
    }
    let mut parts = Vec::new();
    let mut total = 0u64;
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::UnsupportedArchive(what)) => return Err(locked(path, what)),
            Err(error) => return Err(unreadable(&error)),
        };
        let name = entry_name(entry.name_raw());
        if entry.is_dir() || is_bookkeeping(&name) {
            continue;
        }
        let size = entry.compressed_size();
        let mut reader = Bounded { reader: &mut entry, left: RATIO_FREE.max(size.saturating_mul(RATIO_LIMIT)) };
        // Reading to the end also compares the checksum, which streaming the entry later cannot.
        total += std::io::copy(&mut reader, &mut std::io::sink()).map_err(|error| match error.kind() {
            std::io::ErrorKind::Other if error.to_string().contains("bomb") => bomb(path),
            _ => unreadable(&error),
        })?;
        if total > TOTAL_LIMIT || parts.len() >= TABLE_LIMIT {
            return Err(bomb(path));
        }
        let Some(start) = entry.data_start() else { return Err(unreadable(&"an entry has no data")) };
        let packing = match entry.compression() {
            zip::CompressionMethod::Stored => Packing::Stored { start, size },
            zip::CompressionMethod::Deflated => Packing::Deflated { start, size },
            other => return Err(locked(path, &other.to_string())),
        };
        parts.push(Part { name, path: path.to_owned(), packing, _copy: None });
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(parts))
}

/// An entry's name: UTF-8, else as Windows writes it in China.
fn entry_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(raw).0.into_owned(),
    }
}

/// What systems put beside the files that people meant.
fn is_bookkeeping(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || last.starts_with('.') || last.starts_with("~$") || last == "Thumbs.db"
}

fn locked(path: &Path, what: &str) -> Refusal {
    Refusal::new(
        "archive_locked",
        Text::new(format!("压缩包无法解开：{what}"), format!("the archive cannot be unpacked: {what}")),
        Text::new(
            "加密或特殊压缩的包请先解压，再导入里面的文件",
            "if it is encrypted or packed in another way, unpack it and import the files",
        ),
    )
    .of_file(path)
}
