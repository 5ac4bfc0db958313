//! A plan as text: sorted, one line per alert, the same for the same plan.

use std::fmt;

use vocab::Lang;

use crate::plan::{AlertPlan, ChangedAlert, NewAlert, ResolvedAlert};

impl AlertPlan {
    /// The plan as a diff with its sentences in one language. [`fmt::Display`] prints the Chinese ones.
    pub fn print(&self, lang: Lang) -> String {
        let (open, change, resolve) = (self.open.len(), self.change.len(), self.resolve.len());
        let mut text = match lang {
            Lang::Zh => format!("预警：新增 {open}，变化 {change}，解除 {resolve}\n"),
            Lang::En => format!("alerts: {open} to open, {change} to change, {resolve} to resolve\n"),
        };
        for NewAlert { customer, cause, rule, severity, sentence } in &self.open {
            text += &format!("+ {customer} {cause} {severity} {rule}: {}\n", sentence.get(lang));
        }
        for ChangedAlert { id, rule, severity, sentence } in &self.change {
            text += &format!("~ #{id} {severity} {rule}: {}\n", sentence.get(lang));
        }
        for ResolvedAlert { id, customer, cause, why } in &self.resolve {
            text += &format!("- #{id} {customer} {cause}: {}\n", why.as_str());
        }
        text
    }
}

impl fmt::Display for AlertPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.print(Lang::Zh))
    }
}
