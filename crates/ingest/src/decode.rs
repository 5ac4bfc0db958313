//! From the bytes of a text file to UTF-8: which encoding it is, and a stream that never holds the file.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use vocab::Text;

use crate::packed::{Packing, Part};
use crate::refusal::Refusal;

const CHUNK: usize = 64 * 1024;
/// How much of a file with foreign characters the detector is shown.
const DETECTOR_SHARE: usize = 1024 * 1024;
/// From so many bytes on a file is remembered: whoever writes it anew after it was gone through leaves another moment on it.
const LARGE: u64 = 32 * 1024 * 1024;

/// A part of a file as it was when it was gone through.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    path: PathBuf,
    packing: Packing,
    /// Device, file, size; when it was changed last, in seconds and nanoseconds.
    file: (u64, u64, u64),
    changed: (i64, i64),
}

impl Look {
    /// `None` where it is not worth remembering.
    fn at(part: &Part) -> Option<Look> {
        let metadata = std::fs::metadata(&part.path).ok().filter(|metadata| metadata.len() >= LARGE)?;
        Some(Look {
            path: part.path.clone(),
            packing: part.packing.clone(),
            file: (metadata.dev(), metadata.ino(), metadata.len()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

/// The large file that was gone through last: it is looked at for its preview, and read a moment later.
static LAST: Mutex<Option<(Look, &'static Encoding)>> = Mutex::new(None);

/// What one look at every byte of a text file says about it.
#[derive(Default)]
struct Census {
    bytes: u64,
    controls: u64,
    nuls: [u64; 2],
    foreign: u64,
    multibyte: u64,
    broken: u64,
    carry: Vec<u8>,
}

impl Census {
    fn take(&mut self, chunk: &[u8]) {
        // Counted without branches, which a compiler makes wide; where zeros lie is asked only if there are any.
        let is_low = |byte: &u8| *byte < 32 && !matches!(*byte, 0 | 9 | 10 | 12 | 13 | 27);
        let is_control = |byte: &u8| u8::from(is_low(byte) | (*byte == 127));
        // So many at once fit into a byte, whatever they are.
        self.controls += chunk.chunks(255).map(|few| u64::from(few.iter().map(is_control).sum::<u8>())).sum::<u64>();
        if chunk.contains(&0) {
            for (position, _) in chunk.iter().enumerate().filter(|(_, byte)| **byte == 0) {
                self.nuls[(self.bytes as usize + position) % 2] += 1;
            }
        }
        self.bytes += chunk.len() as u64;
        if self.carry.is_empty() && chunk.is_ascii() {
            return;
        }
        self.foreign += chunk.iter().filter(|byte| !byte.is_ascii()).count() as u64;
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(chunk);
        let mut rest = bytes.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.multibyte += count_multibyte(text.as_bytes());
                    return;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.multibyte += count_multibyte(good);
                    match error.error_len() {
                        Some(length) => {
                            self.broken += 1;
                            rest = &bad[length..];
                        }
                        None => {
                            self.carry = bad.to_vec();
                            return;
                        }
                    }
                }
            }
        }
    }

    fn encoding(&self, guess: &'static Encoding) -> &'static Encoding {
        let nuls = self.nuls[0] + self.nuls[1];
        if nuls > 3 && nuls * 10 > self.bytes {
            // Latin letters, separators and line ends of UTF-16 have their zero byte always on the same side.
            if self.nuls[1] > self.nuls[0].saturating_mul(9) {
                return UTF_16LE;
            }
            if self.nuls[0] > self.nuls[1].saturating_mul(9) {
                return UTF_16BE;
            }
        }
        if self.broken == 0 || self.multibyte > self.broken.saturating_mul(20) {
            return UTF_8;
        }
        // GB18030 holds all of GBK and GB2312.
        if guess.name() == "GBK" { GB18030 } else { guess }
    }

    /// Whether this is no text at all.
    fn is_binary(&self) -> bool {
        let odd = self.controls + self.nuls[0] + self.nuls[1];
        odd > 8 && odd * 20 > self.bytes
    }
}

fn count_multibyte(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte >= 0xc0).count() as u64
}

/// The encoding of a text file.
///
/// A byte order mark decides; else UTF-8 if the whole file is UTF-8 (or nearly: a few broken characters do not turn it
/// into something else); else UTF-16 if every other byte is zero; else what the frequencies of the foreign bytes say,
/// for a firm that writes Chinese.
pub(crate) fn encoding_of(part: &Part) -> Result<&'static Encoding, Refusal> {
    let look = Look::at(part);
    let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(look) = &look
        && let Some((known, encoding)) = &*last()
        && known == look
    {
        return Ok(encoding);
    }
    let encoding = found(part)?;
    if look.is_some() && look == Look::at(part) {
        *last() = look.map(|look| (look, encoding));
    }
    Ok(encoding)
}

/// The encoding of a text file, from every byte of it.
fn found(part: &Part) -> Result<&'static Encoding, Refusal> {
    let path = &part.path;
    let mut reader = part.open()?;
    let mut chunk = vec![0; CHUNK];
    let mut census = Census::default();
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut shown = 0;
    let mut mark = None;
    loop {
        let count = fill(&mut *reader, &mut chunk).map_err(|error| Refusal::unreadable(path, "", error))?;
        let bytes = &chunk[..count];
        if census.bytes == 0 {
            mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        }
        census.take(bytes);
        if shown < DETECTOR_SHARE && !bytes.is_ascii() {
            detector.feed(bytes, false);
            shown += count;
        }
        if count < CHUNK {
            break;
        }
    }
    detector.feed(b"", true);
    if !census.carry.is_empty() {
        census.broken += 1;
    }
    let encoding = match mark {
        Some(encoding) => encoding,
        None => census.encoding(detector.guess(Some(b"cn"), chardetng::Utf8Detection::Deny)),
    };
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if !wide && census.is_binary() {
        return Err(Refusal::new(
            "not_text",
            Text::new("不是文本，也不是认识的表格格式", "neither text nor a format of tables that is known"),
            Text::new("请导出为 CSV、.xlsx 或 Parquet", "export it as CSV, .xlsx or Parquet"),
        )
        .of_file(path));
    }
    Ok(encoding)
}

/// Reads until the buffer is full or the file ends.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match reader.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// A text file as a stream of UTF-8, whatever it is encoded in. What cannot be decoded becomes U+FFFD.
pub(crate) struct TextStream {
    reader: Box<dyn Read>,
    decoder: Decoder,
    input: Vec<u8>,
    /// Room for what a full input can become; filled anew each time, never cleared.
    output: Vec<u8>,
    start: usize,
    end: usize,
    read_all: bool,
    finished: bool,
}

impl TextStream {
    pub(crate) fn open(part: &Part, encoding: &'static Encoding) -> Result<Self, Refusal> {
        Ok(Self {
            reader: part.open()?,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; CHUNK],
            output: vec![0; 3 * CHUNK],
            start: 0,
            end: 0,
            read_all: false,
            finished: false,
        })
    }

    /// Appends some more text; `false` once there is none left.
    pub(crate) fn more(&mut self, out: &mut Vec<u8>) -> std::io::Result<bool> {
        if self.finished {
            return Ok(false);
        }
        if self.start == self.end && !self.read_all {
            self.start = 0;
            self.end = fill(&mut *self.reader, &mut self.input)?;
            self.read_all = self.end < self.input.len();
        }
        let (result, read, written, _) =
            self.decoder.decode_to_utf8(&self.input[self.start..self.end], &mut self.output, self.read_all);
        out.extend_from_slice(&self.output[..written]);
        self.start += read;
        if self.read_all && result == CoderResult::InputEmpty {
            self.finished = true;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn detected(bytes: &[u8]) -> Result<&'static str, &'static str> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        encoding_of(&Part::plain(file.path())).map(Encoding::name).map_err(|refusal| refusal.code())
    }

    #[test]
    fn the_encodings_of_chinese_exports_are_told_apart() {
        let table = "客户编号,客户名称,下单时间\nC1,北京某某科技有限公司,2025-03-08\n";
        assert_eq!(detected(table.as_bytes()), Ok("UTF-8"));
        assert_eq!(detected(&GB18030.encode(table).0), Ok("gb18030"));
        assert_eq!(detected(&GB18030.encode("客户,金额\n张三,5\n").0), Ok("gb18030"));
        let utf16: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detected(&utf16), Ok("UTF-16LE"));
        let with_mark: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(table.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(detected(&with_mark), Ok("UTF-16BE"));
    }

    #[test]
    fn a_chinese_name_after_a_megabyte_of_ascii_is_still_seen() {
        let mut bytes = b"a,b\n".to_vec();
        bytes.extend(std::iter::repeat_n(&b"plain,1\n"[..], 200_000).flatten());
        bytes.extend_from_slice(&GB18030.encode("张三丰，武当山，客户名称\n").0);
        assert_eq!(detected(&bytes), Ok("gb18030"));
    }

    #[test]
    fn a_large_file_is_gone_through_again_once_it_was_changed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut table = vec![b'\n'; LARGE as usize];
        table[..8].copy_from_slice(b"a,b\n1,2\n");
        file.write_all(&table).unwrap();
        let part = Part::plain(file.path());
        assert_eq!(encoding_of(&part).unwrap().name(), "UTF-8");
        let look = Look::at(&part);
        assert!(look.is_some() && LAST.lock().unwrap().as_ref().map(|(known, _)| known) == look.as_ref());
        assert_eq!(encoding_of(&part).unwrap().name(), "UTF-8");
        // As long as before, of the same file, in another encoding.
        std::os::unix::fs::FileExt::write_all_at(file.as_file(), &GB18030.encode("客户,金额\n张三,5\n").0, 0).unwrap();
        assert_ne!(Look::at(&part), look);
        assert_eq!(encoding_of(&part).unwrap().name(), "gb18030");
        assert_eq!(Look::at(&Part::plain(std::path::Path::new("nowhere"))), None);
    }

    #[test]
    fn noise_is_refused_and_a_stray_nul_is_not() {
        let mut state = 1u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(5000)
        .collect();
        assert_eq!(detected(&noise), Err("not_text"));
        assert_eq!(detected(b"a,b\n1,\0\n"), Ok("UTF-8"));
    }
}
