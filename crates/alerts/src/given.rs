//! What rules may ask besides the numbers of the present: where customers belong, how things stood earlier, which day
//! it is.
//!
//! All of it is handed in. What a rule asks about earlier moments is answered by the facts of that time: no state is
//! kept between two plans, so that the plan of a moment can be made again at any time.

use calendar::WorkCalendar;
use indicators::{IndicatorFrame, Sorting};
use scores::ScoreFrame;
use vocab::{AsOf, CustomerId};

use crate::rule::{Days, Rule, Schedule, Weekday};

/// What rules may ask about customers besides numbers and bands.
///
/// # Edges
/// `None` where it is not known: the question stays open.
pub trait Belonging: Sync {
    /// The last word on a trait; `Some(None)` where nothing was said of it.
    fn said(&self, customer: &CustomerId, key: &str) -> Option<Option<&str>>;

    /// Whether a customer belongs to a segment, carries a tag, is of a tier or in a cell.
    fn is_in(&self, customer: &CustomerId, sorting: Sorting, name: &str) -> Option<bool>;
}

/// Of nobody is anything known.
impl Belonging for () {
    fn said(&self, _: &CustomerId, _: &str) -> Option<Option<&str>> {
        None
    }

    fn is_in(&self, _: &CustomerId, _: Sorting, _: &str) -> Option<bool> {
        None
    }
}

/// How some customers stood so many days before the moment, by what was known then.
pub struct Earlier<'a> {
    /// Days before the moment. 0 is the moment itself: figures that the evidence does not hold, such as counts of facts.
    pub days: u32,
    /// Indicators then.
    pub indicators: &'a IndicatorFrame,
    /// Scores then, where rules ask about them.
    pub scores: Option<&'a ScoreFrame>,
    /// Where they belonged then.
    pub belonging: &'a dyn Belonging,
}

/// Which days a look at the customers stands for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Says which days are worked, and in which zone days begin.
    pub calendar: &'a WorkCalendar,
    /// The day that holds the moment and those before it, as many as lie between two looks: one for a daily look, seven
    /// for a replay week by week. A rule is due if it is on one of them.
    pub days: u32,
}

impl Occasion<'_> {
    /// Whether a rule opens alerts now.
    pub(crate) fn is_due(&self, rule: &Rule, as_of: AsOf) -> bool {
        (0..self.days.max(1)).any(|back| {
            let at = as_of.instant().plus_days(-i64::from(back));
            let day = self.calendar.zone().day_number(at);
            let is_on = match rule.on {
                Days::Every => true,
                Days::Working => self.calendar.works_on(day),
                Days::Off => !self.calendar.works_on(day),
            };
            let is_scheduled = match rule.schedule {
                Schedule::Daily => true,
                Schedule::Weekly(weekday) => Weekday::of_day(day) == weekday,
                Schedule::Monthly(of_month) => {
                    let date = self.calendar.zone().date(at);
                    date.get(8..).and_then(|text| text.parse().ok()) == Some(of_month)
                }
            };
            is_on && is_scheduled
        })
    }
}

/// What rules may ask besides the evidence.
pub struct Given<'a> {
    /// Where customers belong now.
    pub belonging: &'a dyn Belonging,
    /// Earlier moments: those that [`crate::AlertPolicy::days_back`] names, of those customers at least whom
    /// [`crate::undecided`] tells.
    pub earlier: &'a [Earlier<'a>],
    /// Which days it is; `None`: every rule is due.
    pub occasion: Option<Occasion<'a>>,
}

impl Given<'_> {
    /// Nothing but the evidence.
    pub const NOTHING: Given<'static> = Given { belonging: &(), earlier: &[], occasion: None };
}
