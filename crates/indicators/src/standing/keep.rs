//! Standing state written down and read back. What is not exactly what was written is nothing: it is built anew.

use std::io::{self, Read, Write};
use std::str::FromStr;
use std::sync::Arc;

use facts::{FactFrame, Mark};
use vocab::{AsOf, CustomerId, Instant, Kind, Zone};

use super::{Lane, Standing};
use crate::catalog::Catalog;
use crate::series::Rows;

/// What a file begins with: what it is and in which form.
const MARK: &[u8; 16] = b"liuke standing 3";
/// Numbers written at once.
const CHUNK: usize = 8_192;

/// Writes and hashes what is written.
struct Out<'w> {
    to: &'w mut dyn Write,
    hasher: blake3::Hasher,
}

impl Out<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.to.write_all(bytes)
    }

    fn number(&mut self, number: u64) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.number(text.len() as u64)?;
        self.bytes(text.as_bytes())
    }

    fn longs(&mut self, numbers: &[i64]) -> io::Result<()> {
        self.number(numbers.len() as u64)?;
        for chunk in numbers.chunks(CHUNK) {
            let bytes: Vec<u8> = chunk.iter().flat_map(|number| number.to_le_bytes()).collect();
            self.bytes(&bytes)?;
        }
        Ok(())
    }

    fn shorts(&mut self, numbers: &[u32]) -> io::Result<()> {
        self.number(numbers.len() as u64)?;
        for chunk in numbers.chunks(CHUNK) {
            let bytes: Vec<u8> = chunk.iter().flat_map(|number| number.to_le_bytes()).collect();
            self.bytes(&bytes)?;
        }
        Ok(())
    }
}

/// Reads and hashes what is read.
struct In<'r> {
    from: &'r mut dyn Read,
    hasher: blake3::Hasher,
}

impl In<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Option<()> {
        self.from.read_exact(bytes).ok()?;
        self.hasher.update(bytes);
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Some(u64::from_le_bytes(bytes))
    }

    /// So many items of a size, a piece at a time: a length that is none takes no memory.
    fn items<T, const SIZE: usize>(&mut self, of: impl Fn([u8; SIZE]) -> T) -> Option<Vec<T>> {
        let mut left = usize::try_from(self.number()?).ok()?;
        let mut items = Vec::new();
        let mut bytes = vec![0; SIZE * CHUNK];
        while left > 0 {
            let count = left.min(CHUNK);
            self.fill(&mut bytes[..count * SIZE])?;
            items.reserve(count);
            items.extend(bytes[..count * SIZE].as_chunks::<SIZE>().0.iter().map(|item| of(*item)));
            left -= count;
        }
        Some(items)
    }

    fn longs(&mut self) -> Option<Vec<i64>> {
        self.items(i64::from_le_bytes)
    }

    fn shorts(&mut self) -> Option<Vec<u32>> {
        self.items(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.items(|[byte]: [u8; 1]| byte)?).ok()
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        (0..self.number()?).map(|_| self.text()).collect()
    }
}

impl Standing {
    /// Writes it down. What was touched is settled first.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        self.settle();
        let mut out = Out { to, hasher: blake3::Hasher::new() };
        out.bytes(MARK)?;
        out.text(&name(&self.catalog))?;
        out.text(self.zone().name())?;
        self.mark.to_numbers().into_iter().try_for_each(|number| out.number(number))?;
        out.longs(&[self.from])?;
        self.write_ground(&mut out)?;
        out.number(self.customers.len() as u64)?;
        self.customers.iter().try_for_each(|customer| out.text(customer.as_str()))?;
        out.longs(&self.first)?;
        out.longs(&self.last)?;
        out.number(self.lanes.len() as u64)?;
        for lane in &self.lanes {
            out.shorts(&lane.starts)?;
            out.longs(&lane.rows.at)?;
            out.longs(&lane.rows.values)?;
            out.shorts(&lane.rows.currencies)?;
            out.shorts(&lane.rows.said)?;
        }
        let hash = *out.hasher.finalize().as_bytes();
        out.to.write_all(&hash)
    }

    fn write_ground(&self, out: &mut Out<'_>) -> io::Result<()> {
        let delivered: Vec<_> = self.ground.delivered().collect();
        out.number(delivered.len() as u64)?;
        for (kind, name, entries) in delivered {
            out.text(kind.as_str())?;
            out.text(name)?;
            let times = entries.into_iter().flat_map(|(known, at)| [known.micros(), at.micros()]);
            out.longs(&times.collect::<Vec<i64>>())?;
        }
        let keys: Vec<&str> = self.ground.property_keys().collect();
        out.number(keys.len() as u64)?;
        for key in keys {
            out.text(key)?;
            let texts: Vec<&str> = self.ground.property_texts(key).collect();
            out.number(texts.len() as u64)?;
            texts.into_iter().try_for_each(|text| out.text(text))?;
        }
        let currencies: Vec<&str> = self.ground.currency_texts().collect();
        out.number(currencies.len() as u64)?;
        currencies.into_iter().try_for_each(|text| out.text(text))
    }

    /// Reads it back; `None` if it is not exactly what was written, or of another catalogue or zone.
    pub fn read(catalog: Arc<Catalog>, zone: &Zone, from: &mut dyn Read) -> Option<Standing> {
        let mut input = In { from, hasher: blake3::Hasher::new() };
        let mut mark = [0; MARK.len()];
        input.fill(&mut mark)?;
        if &mark != MARK || input.text()? != name(&catalog) || input.text()? != zone.name() {
            return None;
        }
        let mark = Mark::of_numbers([input.number()?, input.number()?, input.number()?]);
        let since = *input.longs()?.first()?;
        let ground = read_ground(&mut input, zone)?;
        let mut standing = Standing::new(catalog, ground, mark)?;
        standing.from = since;
        let customers: Vec<CustomerId> = input.texts()?.into_iter().map(CustomerId::new).collect();
        standing.places = customers.iter().cloned().zip(0..).collect();
        (standing.first, standing.last) = (input.longs()?, input.longs()?);
        if input.number()? != standing.lanes.len() as u64 || standing.first.len() != customers.len() {
            return None;
        }
        // They were written in the order of their keys.
        standing.in_order = customers.len();
        standing.customers = customers;
        for place in 0..standing.lanes.len() {
            let (starts, at, values) = (input.shorts()?, input.longs()?, input.longs()?);
            let (currencies, said) = (input.shorts()?, input.shorts()?);
            let lane = Lane { starts, rows: Rows { at, values, currencies, said, ..Rows::default() } };
            standing.lanes[place] = Arc::new(lane);
        }
        let hash = *input.hasher.finalize().as_bytes();
        let mut written = [0; 32];
        input.from.read_exact(&mut written).ok()?;
        // Whole and unchanged: then every length fits every other.
        (hash == written).then_some(standing)
    }
}

/// What tells a catalogue from others: what its definitions mean, and which of them it holds.
fn name(catalog: &Catalog) -> String {
    let mut hasher = blake3::Hasher::new();
    for one in catalog.indicators() {
        hasher.update(one.id.as_bytes()).update(b"\n").update(one.version.as_bytes()).update(b"\n");
    }
    format!("{} {}", catalog.version(), hasher.finalize().to_hex())
}

fn read_ground(input: &mut In<'_>, zone: &Zone) -> Option<FactFrame> {
    let mut ground = FactFrame::of(&[], &[], &facts::Want::default(), AsOf(Instant::MAX), zone);
    for _ in 0..input.number()? {
        let (kind, name, times) = (Kind::from_str(&input.text()?).ok()?, input.text()?, input.longs()?);
        for pair in times.as_chunks::<2>().0 {
            ground.deliver(kind, &name, Instant::from_micros(pair[0]), Instant::from_micros(pair[1]));
        }
    }
    for _ in 0..input.number()? {
        let key = input.text()?;
        for text in input.texts()? {
            ground.property_code_of(&key, &text);
        }
    }
    for text in input.texts()? {
        ground.currency_code_of(&text);
    }
    Some(ground)
}
