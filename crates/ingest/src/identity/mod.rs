//! Who is who: which keys are one customer, said by rule where that is safe and asked of a person where it is not.
//!
//! Two keys are merged only if they share what names a person (a mobile number, an address of their own), are of
//! different types, and nobody else shares it. Everything else is a conflict for a person to decide; what a person
//! decided stands.
//!
//! Pure: claims and decisions in, a plan out ([`plan`]); the plan prints as a diff. Not here: what a key leads to as of a
//! moment (`facts`), where decisions are kept (`store`).

mod plan;
mod policy;

pub use plan::{Claim, Conflict, IdentityPlan, Link, Sort, plan};
pub use policy::{Certainty, KeyPolicy, KeySort};
