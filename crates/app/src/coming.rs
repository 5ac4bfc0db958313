//! What comes by the calendar: reminders, festivals, contracts that end, customers who go back to the pool.

pub(crate) mod greetings;
pub(crate) mod ownership;
pub(crate) mod pool_returns;
pub(crate) mod remembered;
pub(crate) mod reminders;
pub(crate) mod renewal_months;
pub(crate) mod renewal_rows;
pub(crate) mod renewals;
