//! A seeded world of customers whose true risk and true response are known.
//!
//! A software vendor and its business customers, lived day by day. Each customer has a hidden state: how satisfied it
//! is, what has shaken it, whether it has begun to look for the door. Usage, tickets, survey answers, payments and
//! renewals follow from that state, and so does leaving: each day a number `u` is drawn that depends on nothing but
//! the seed, the customer and the day, and the customer leaves iff `u < p`. Therefore the true probability of leaving
//! is known at every moment, and so is what would have happened had the customer been contacted: the same luck, one
//! action changed.
//!
//! Who starts to waver uses the product less and less before leaving (most), goes on as before (whoever merely does
//! not pay) or is gone from one day to the next without a sign (some): no score can catch everyone here, and it is
//! known how many it could have caught.
//!
//! Not here: reading any of it (`facts`, `ingest`), judging it (`outcomes`). The product never reads [`Truth`].

mod behaviour;
mod chance;
mod customer;
mod days;
mod file;
mod hidden;
mod names;
mod outlook;
mod shocks;
mod spec;
mod truth;
mod words;
mod world;

pub use file::{Error, Progress};
pub use hidden::Cause;
pub use spec::{Common, ContactSpec, Delivery, Growth, Leaving, MoneySpec, Satisfaction, Service, Usage, WorldSpec};
pub use truth::{ChurnTruth, CustomerTruth, EffectTruth, HazardTruth, Truth};
pub use world::World;
