//! Words as the database writes them: read back strictly, never guessed.

use vocab::Severity;

use crate::Error;

/// An enum whose variants are words in the database and over the wire.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$variant_doc])* $variant),+
        }

        impl $type {
            /// Every one, in order.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// The word written in the database and over the wire.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }

            #[allow(dead_code)]
            pub(crate) fn read(word: &str) -> Result<Self, $crate::Error> {
                word.parse().map_err(|()| $crate::Error::unreadable(format!("{} \"{word}\"", stringify!($type))))
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word).ok_or(())
            }
        }
    };
}
pub(crate) use words;

/// Severity as the number that the index orders by.
pub(crate) fn severity_number(severity: Severity) -> i64 {
    match severity {
        Severity::Info => 0,
        Severity::Warning => 1,
        Severity::Urgent => 2,
    }
}

/// The severity behind that number.
pub(crate) fn severity_from(number: i64) -> Result<Severity, Error> {
    match number {
        0 => Ok(Severity::Info),
        1 => Ok(Severity::Warning),
        2 => Ok(Severity::Urgent),
        _ => Err(Error::unreadable(format!("severity {number}"))),
    }
}
