//! The kinds of fact there are.

use std::fmt;
use std::str::FromStr;

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Something the customer did in a product or a shop, that is none of the kinds below.
    Event = 0,
    /// An order placed or cancelled; `value` is its amount, negative when cancelled.
    Order = 1,
    /// Money that arrived, failed or went back.
    Payment = 2,
    /// The customer's own request for help.
    Ticket = 3,
    /// An answer to a survey; `value` is the score.
    SurveyResponse = 4,
    /// A contract signed, renewed, changed or ended.
    Contract = 5,
    /// A contact arrived, left or changed at the customer.
    ContactChange = 6,
    /// What we sent or said; follow-up records included.
    Touch = 7,
    /// What we did about the customer in this system.
    Case = 8,
    /// Properties of the customer that became known or changed; only the keys that differ.
    Trait = 9,
    /// Totals of a period, dated by the period's end.
    Snapshot = 10,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Kind; 11] = [
        Kind::Event,
        Kind::Order,
        Kind::Payment,
        Kind::Ticket,
        Kind::SurveyResponse,
        Kind::Contract,
        Kind::ContactChange,
        Kind::Touch,
        Kind::Case,
        Kind::Trait,
        Kind::Snapshot,
    ];

    /// The word written in files and definitions.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Event => "event",
            Kind::Order => "order",
            Kind::Payment => "payment",
            Kind::Ticket => "ticket",
            Kind::SurveyResponse => "survey_response",
            Kind::Contract => "contract",
            Kind::ContactChange => "contact_change",
            Kind::Touch => "touch",
            Kind::Case => "case",
            Kind::Trait => "trait",
            Kind::Snapshot => "snapshot",
        }
    }

    /// The kind with this number, if there is one.
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.get(number as usize).copied()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_word_and_its_number() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(Kind::from_number(kind as u8), Some(kind));
        }
        assert_eq!(Kind::from_number(11), None);
        assert!("login".parse::<Kind>().is_err());
    }
}
