//! What a file is, by its content: its name is never asked.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use vocab::Text;

use crate::refusal::Refusal;

/// What holds the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with separators, whichever they are.
    Delimited,
    /// A workbook of Excel 2007 or later.
    Xlsx,
    /// A workbook of Excel 97 to 2003.
    Xls,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// `csv`, `xlsx`, `xls` or `parquet`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Delimited => "csv",
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Parquet => "parquet",
        }
    }
}

/// What was found by looking at the first bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sniffed {
    pub(crate) format: Format,
    pub(crate) gzip: bool,
}

/// Looks at the first bytes of a file, behind gzip if it is compressed.
pub(crate) fn sniff(path: &Path) -> Result<Sniffed, Refusal> {
    let metadata = std::fs::metadata(path).map_err(|error| not_there(path, error))?;
    if !metadata.is_file() {
        return Err(Refusal::new(
            "not_a_file",
            Text::new("这是目录,不是文件", "this is a folder or a device, not a file"),
            Text::new("请指定文件", "name a file"),
        )
        .of_file(path));
    }
    let mut head = first_bytes(File::open(path).map_err(|error| not_there(path, error))?, path)?;
    let gzip = head.starts_with(&[0x1f, 0x8b]);
    if gzip {
        head = first_bytes(
            MultiGzDecoder::new(BufReader::new(File::open(path).map_err(|error| not_there(path, error))?)),
            path,
        )?;
    }
    if head.is_empty() {
        return Err(Refusal::new(
            "empty_file",
            Text::new("文件是空的", "the file is empty"),
            Text::new("确认导出成功", "check that the export succeeded"),
        )
        .of_file(path));
    }
    let format = format_of(&head).map_err(|refusal| refusal.of_file(path))?;
    if gzip && format != Format::Delimited {
        return Err(unsupported("gzip", format.as_str()).of_file(path));
    }
    Ok(Sniffed { format, gzip })
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

fn first_bytes(reader: impl Read, path: &Path) -> Result<Vec<u8>, Refusal> {
    let mut head = Vec::with_capacity(4096);
    reader.take(4096).read_to_end(&mut head).map_err(|error| Refusal::unreadable(path, "", error))?;
    Ok(head)
}

fn unsupported(zh_en: &str, inner: &str) -> Refusal {
    Refusal::new(
        "unsupported_format",
        Text::new(
            format!("不支持这种文件:{zh_en} {inner}"),
            format!("this kind of file is not supported: {zh_en} {inner}"),
        ),
        Text::new("请另存为 CSV、.xlsx 或 Parquet", "save it as CSV, .xlsx or Parquet"),
    )
}

fn format_of(head: &[u8]) -> Result<Format, Refusal> {
    const OTHERS: [(&[u8], &str); 12] = [
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF8", "GIF"),
        (b"SQLite format 3", "SQLite"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ", "xz"),
        (b"7z\xbc\xaf", "7z"),
        (b"Rar!", "RAR"),
        (b"\x7fELF", "ELF"),
        (b"{\\rtf", "RTF"),
    ];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Format::Xlsx);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Format::Xls);
    }
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(unsupported(name, ""));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.first() == Some(&b'<')
        && text.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'))
    {
        return Err(Refusal::new(
            "html_table",
            Text::new(
                "这是网页(HTML/XML)而不是表格,尽管名字可能是 .xls",
                "this is a web page (HTML or XML), whatever its name says",
            ),
            Text::new(
                "用 Excel 或 WPS 打开后另存为 .xlsx 或 CSV",
                "open it in a spreadsheet and save it as .xlsx or CSV",
            ),
        ));
    }
    let is_json = match text {
        [b'{', rest @ ..] => matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')),
        [b'[', rest @ ..] => matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[' | b']')),
        _ => false,
    };
    if is_json {
        return Err(unsupported("JSON", ""));
    }
    Ok(Format::Delimited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_content() {
        assert_eq!(format_of(b"PK\x03\x04rest").unwrap(), Format::Xlsx);
        assert_eq!(format_of(b"PAR1").unwrap(), Format::Parquet);
        assert_eq!(format_of(b"a,b\n1,2").unwrap(), Format::Delimited);
        assert_eq!(format_of(b"<b,c\n1,2").unwrap_err().code(), "html_table");
        assert_eq!(format_of(b"\xef\xbb\xbf <html><table>").unwrap_err().code(), "html_table");
        assert_eq!(format_of(b"%PDF-1.7").unwrap_err().code(), "unsupported_format");
        assert_eq!(format_of(b"[{\"a\":1}]").unwrap_err().code(), "unsupported_format");
        assert_eq!(format_of(b"<5,>5\n").unwrap(), Format::Delimited);
    }
}
