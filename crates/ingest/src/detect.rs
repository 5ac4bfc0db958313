//! What a file is, by its content: its name is never asked.

use vocab::Text;

use crate::packed::Part;
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
    /// Objects of JSON: an array of them, or one a line.
    Json,
    /// A table of a web page or of Excel's XML, which many systems export as `.xls`.
    Html,
}

impl Format {
    /// `csv`, `xlsx`, `xls`, `parquet`, `json` or `html`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Delimited => "csv",
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Parquet => "parquet",
            Format::Json => "json",
            Format::Html => "html",
        }
    }
}

/// The format of a part, by its first bytes.
pub(crate) fn sniff(part: &Part) -> Result<Format, Refusal> {
    let head = part.head()?;
    if head.is_empty() {
        return Err(Refusal::new(
            "empty_file",
            Text::new("文件是空的", "the file is empty"),
            Text::new("确认导出成功", "check that the export succeeded"),
        )
        .of_file(&part.path));
    }
    format_of(&head).map_err(|refusal| refusal.of_file(&part.path))
}

fn unsupported(name: &str) -> Refusal {
    Refusal::new(
        "unsupported_format",
        Text::new(format!("不支持这种文件：{name}"), format!("this kind of file is not supported: {name}")),
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
        return Err(unsupported(name));
    }
    let text = leading_text(head);
    let text = text.trim_ascii_start();
    if text.first() == Some(&b'<')
        && text.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'))
    {
        return Ok(Format::Html);
    }
    let is_json = match text {
        [b'{', rest @ ..] => matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')),
        [b'[', rest @ ..] => matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[' | b']')),
        _ => false,
    };
    if is_json {
        return Ok(Format::Json);
    }
    Ok(Format::Delimited)
}

/// The beginning without a byte order mark; of UTF-16 every other byte.
fn leading_text(head: &[u8]) -> Vec<u8> {
    if let Some(text) = head.strip_prefix(b"\xef\xbb\xbf") {
        return text.to_vec();
    }
    match head {
        [0xff, 0xfe, rest @ ..] => rest.iter().step_by(2).copied().collect(),
        [0xfe, 0xff, rest @ ..] => rest.iter().skip(1).step_by(2).copied().collect(),
        _ => head.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_content() {
        assert_eq!(format_of(b"PK\x03\x04rest").unwrap(), Format::Xlsx);
        assert_eq!(format_of(b"PAR1").unwrap(), Format::Parquet);
        assert_eq!(format_of(b"a,b\n1,2").unwrap(), Format::Delimited);
        assert_eq!(format_of(b"\xef\xbb\xbf <html><table>").unwrap(), Format::Html);
        assert_eq!(format_of(b"\xff\xfe<\0h\0t\0m\0l\0").unwrap(), Format::Html);
        assert_eq!(format_of(b"%PDF-1.7").unwrap_err().code(), "unsupported_format");
        assert_eq!(format_of(b"[{\"a\":1}]").unwrap(), Format::Json);
        assert_eq!(format_of(b"{\"a\":1}\n{\"a\":2}").unwrap(), Format::Json);
        assert_eq!(format_of(b"<5,>5\n").unwrap(), Format::Delimited);
    }
}
