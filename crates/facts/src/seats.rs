//! Customers with short keys and the number of each, asked for many rows at a time.
//!
//! # Why not a map
//! There are more customers than a core's cache has room for. A map that is asked row by row waits for memory with each of
//! them; here the first look at each row hangs on no other and takes no branch, so that a core has many of them under way.

use std::hash::Hasher;

/// Bits of no text's view: nobody has this many bytes.
const NOBODY: u128 = u128::MAX;
/// Set in the seat of somebody, so that no seat is zero.
const TAKEN: u64 = 1 << 63;
/// Lines that a table begins with.
const LINES: usize = 64;

/// A key, as the bits of its view, and where it sits.
#[derive(Clone, Copy, Debug)]
struct Entry {
    view: u128,
    seat: u64,
}

/// What a processor reads at once.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line([Entry; 2]);

const EMPTY: Line = Line([Entry { view: NOBODY, seat: 0 }; 2]);

/// The number of a customer: how many were met before it.
///
/// # Why
/// Files lie in the order of keys. Numbers given in the order in which customers are met are asked for in nearly that order, so
/// that whatever is kept by number is found where memory was just read.
pub(crate) type Seat = u32;

/// Seats by key. At most half of it is taken; a key lies in the line its hash names, or in the next that had room.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    lines: Vec<Line>,
    count: usize,
    /// By how much a hash is shifted to name a line.
    shift: u32,
}

impl Default for Seats {
    fn default() -> Self {
        Seats { lines: vec![EMPTY; LINES], count: 0, shift: 64 - LINES.ilog2() }
    }
}

impl Seats {
    /// Takes a first look for each key: its seat, or nothing where [`Seats::find`] has to be asked.
    pub fn look(&self, views: &[u128], seats: &mut Vec<u64>) {
        seats.clear();
        seats.extend(views.iter().map(|view| {
            let Line([one, two]) = &self.lines[self.home(*view)];
            let (is_one, is_two) = (u64::from(one.view == *view), u64::from(two.view == *view));
            (one.seat & is_one.wrapping_neg()) | (two.seat & is_two.wrapping_neg())
        }));
    }

    /// The seat that a first look has found.
    #[inline]
    pub fn seen(looked: u64) -> Option<Seat> {
        (looked != 0).then_some(looked as u32)
    }

    /// A seat as a first look finds it.
    #[inline]
    pub fn noted(seat: Seat) -> u64 {
        TAKEN | u64::from(seat)
    }

    /// The seat of a key, if it has one.
    pub fn find(&self, view: u128) -> Option<Seat> {
        let mut line = self.home(view);
        loop {
            for entry in &self.lines[line].0 {
                if entry.view == view {
                    return Self::seen(entry.seat);
                }
                if entry.view == NOBODY {
                    return None;
                }
            }
            line = (line + 1) % self.lines.len();
        }
    }

    /// Seats a key that has no seat.
    pub fn add(&mut self, view: u128, seat: Seat) {
        if self.count >= self.lines.len() {
            let larger = vec![EMPTY; self.lines.len() * 2];
            let before = std::mem::replace(&mut self.lines, larger);
            self.shift -= 1;
            for entry in before.iter().flat_map(|line| line.0).filter(|entry| entry.view != NOBODY) {
                self.put(entry);
            }
        }
        self.count += 1;
        self.put(Entry { view, seat: Seats::noted(seat) });
    }

    fn put(&mut self, entry: Entry) {
        let mut line = self.home(entry.view);
        loop {
            if let Some(free) = self.lines[line].0.iter_mut().find(|own| own.view == NOBODY) {
                *free = entry;
                return;
            }
            line = (line + 1) % self.lines.len();
        }
    }

    #[inline]
    fn home(&self, view: u128) -> usize {
        let mut folded = Folded::default();
        folded.write_u128(view);
        (folded.finish() >> self.shift) as usize
    }
}

/// The view of a text that is short enough to lie in it, as columns of views have it: its length, then its bytes.
#[inline]
pub(crate) fn view_of(text: &str) -> Option<u128> {
    let mut bytes = [0; 16];
    bytes[4..].get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    bytes[..4].copy_from_slice(&(text.len() as u32).to_le_bytes());
    Some(u128::from_le_bytes(bytes))
}

/// Hashes the bits of a view by multiplying and folding.
#[derive(Default)]
pub(crate) struct Folded(u64);

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u128(u128::from(*byte));
        }
    }

    #[inline]
    fn write_u128(&mut self, bits: u128) {
        const ODD: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03];
        let (low, high) = (bits as u64 ^ ODD[0] ^ self.0, (bits >> 64) as u64 ^ ODD[1]);
        let product = u128::from(low) * u128::from(high);
        self.0 = (product as u64 ^ (product >> 64) as u64).wrapping_mul(ODD[0]);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use arrow::array::StringViewArray;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is seated and asked in whatever order, a map says the same: at the first look, at the second, and of
        /// those who have no seat.
        #[test]
        fn a_table_of_seats_says_what_a_map_says(
            keys in proptest::collection::vec((0u128..3_000, any::<bool>()), 1..1_500),
            spread in prop::sample::select(vec![1u128, 1 << 32, 1 << 64, (1 << 96) + 1, 0x9E37_79B9_7F4A_7C15]),
        ) {
            let (mut seats, mut map) = (Seats::default(), HashMap::new());
            for (place, (key, is_seated)) in keys.iter().enumerate() {
                let view = key * spread;
                if *is_seated && !map.contains_key(&view) {
                    let seat = place as u32;
                    seats.add(view, seat);
                    map.insert(view, seat);
                }
            }
            let views: Vec<u128> = keys.iter().map(|(key, _)| key * spread).collect();
            let mut looked = Vec::new();
            seats.look(&views, &mut looked);
            prop_assert_eq!(looked.len(), views.len());
            for (view, looked) in views.iter().zip(looked) {
                let expected = map.get(view).copied();
                prop_assert_eq!(seats.find(*view), expected);
                prop_assert!(Seats::seen(looked).is_none_or(|seat| Some(seat) == expected));
            }
        }
    }

    #[test]
    fn nearly_everybody_is_found_at_the_first_look_and_the_largest_seat_is_kept() {
        let mut seats = Seats::default();
        // Short keys as a view holds them: their length, then their letters.
        let view = |n: u32| {
            let mut bytes = [0; 16];
            bytes[0] = 9;
            bytes[4..13].copy_from_slice(format!("C{n:08}").as_bytes());
            u128::from_le_bytes(bytes)
        };
        for n in 0..20_000 {
            seats.add(view(n), u32::MAX - n);
        }
        let views: Vec<u128> = (0..20_000).map(view).collect();
        let mut looked = Vec::new();
        seats.look(&views, &mut looked);
        let at_once = looked.iter().filter(|looked| Seats::seen(**looked).is_some()).count();
        assert!(at_once > 16_000, "{at_once}");
        for n in 0..20_000 {
            assert_eq!(seats.find(view(n)), Some(u32::MAX - n));
        }
        assert_eq!(seats.find(view(20_000)), None);
    }

    #[test]
    fn a_text_has_the_view_that_a_column_of_views_gives_it() {
        for text in ["", "C0000001", "十二字节", "twelve bytes"] {
            assert_eq!(view_of(text), Some(StringViewArray::from(vec![text]).views()[0]), "{text}");
        }
        assert_eq!(view_of("thirteen byte"), None);
    }
}
