//! What the list of customers is sorted by.

/// What the list is sorted by. Unknown comes last either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CustomerOrder {
    /// Worst verdict first, then value.
    #[default]
    Risk,
    /// Name.
    Name,
    /// Value.
    Value,
    /// Health.
    Health,
    /// Change of health in 30 days.
    Change,
    /// Last activity.
    LastSeen,
}

impl CustomerOrder {
    /// All of them.
    pub const ALL: [CustomerOrder; 6] =
        [Self::Risk, Self::Name, Self::Value, Self::Health, Self::Change, Self::LastSeen];

    /// Whether its own direction is downwards.
    pub(crate) fn descends(self) -> bool {
        !matches!(self, Self::Name | Self::Health | Self::Change)
    }
}

impl std::str::FromStr for CustomerOrder {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "risk" => Self::Risk,
            "name" => Self::Name,
            "value" => Self::Value,
            "health" => Self::Health,
            "change" => Self::Change,
            "last_seen" => Self::LastSeen,
            _ => return Err(()),
        })
    }
}
