//! Fitted values as bytes and back, bit for bit: what a model is kept as.
//!
//! Numbers are little-endian, lists begin with their length. The same value gives the same bytes on every machine, so that
//! a digest of the bytes is a name for the model.
//!
//! Not here: files, and what stands before the bytes to say what they are (the caller's).

/// A value that is written as bytes and read back as it was.
pub trait Flat: Sized {
    /// Adds its bytes to the end.
    fn put(&self, to: &mut Vec<u8>);

    /// Reads one from the beginning and moves on; `None` where the bytes are none.
    fn take(from: &mut &[u8]) -> Option<Self>;
}

/// Writes a struct field by field, in the order named: `flat!(Platt { slope, shift })`.
#[macro_export]
macro_rules! flat {
    ($type:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::flat::Flat for $type {
            fn put(&self, to: &mut Vec<u8>) {
                $($crate::flat::Flat::put(&self.$field, to);)+
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: $crate::flat::Flat::take(from)?),+ })
            }
        }
    };
}

macro_rules! number {
    ($($type:ty),+) => {
        $(impl Flat for $type {
            fn put(&self, to: &mut Vec<u8>) {
                to.extend(self.to_le_bytes());
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(<$type>::from_le_bytes(*bytes))
            }
        })+
    };
}

number!(u8, u32, u64, i32, f64);

impl Flat for usize {
    fn put(&self, to: &mut Vec<u8>) {
        (*self as u64).put(to);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        usize::try_from(u64::take(from)?).ok()
    }
}

impl Flat for bool {
    fn put(&self, to: &mut Vec<u8>) {
        u8::from(*self).put(to);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        match u8::take(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Flat for String {
    fn put(&self, to: &mut Vec<u8>) {
        self.len().put(to);
        to.extend(self.as_bytes());
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let length = usize::take(from)?;
        let (text, rest) = from.split_at_checked(length)?;
        *from = rest;
        String::from_utf8(text.to_vec()).ok()
    }
}

impl<T: Flat> Flat for Vec<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.len().put(to);
        self.iter().for_each(|one| one.put(to));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let length = usize::take(from)?;
        // Every value has a byte: a length beyond them is none.
        (length <= from.len()).then(|| (0..length).map(|_| T::take(from)).collect()).flatten()
    }
}

impl<T: Flat> Flat for Option<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.is_some().put(to);
        if let Some(one) = self {
            one.put(to);
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        match bool::take(from)? {
            true => T::take(from).map(Some),
            false => Some(None),
        }
    }
}

impl<A: Flat, B: Flat> Flat for (A, B) {
    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
        self.1.put(to);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl Flat for [f64; 3] {
    fn put(&self, to: &mut Vec<u8>) {
        self.iter().for_each(|one| one.put(to));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some([f64::take(from)?, f64::take(from)?, f64::take(from)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_bit_for_bit_and_what_is_cut_off_is_nothing() {
        let value = (vec![Some(0.1 + 0.2), None, Some(f64::NEG_INFINITY)], ("客户".to_owned(), vec![true, false]));
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        let mut rest = &bytes[..];
        let read = <(Vec<Option<f64>>, (String, Vec<bool>))>::take(&mut rest);
        assert_eq!((read, rest.len()), (Some(value), 0));
        for length in 0..bytes.len() {
            assert_eq!(<(Vec<Option<f64>>, (String, Vec<bool>))>::take(&mut &bytes[..length]), None, "{length}");
        }
        assert_eq!(Vec::<f64>::take(&mut &[255; 64][..]), None, "a length beyond the bytes asks for no room");
    }
}
