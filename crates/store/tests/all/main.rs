//! What the store promises, kept on both databases: every sentence in `suite` runs on SQLite and on PostgreSQL.

mod cases;
mod cycle;
mod desk;
mod door;
mod follow_ups;
mod house;
mod identity;
mod line;
mod lists;
mod notices;
mod org;
mod past;
mod people;
mod pool_returns;
mod postgres;
mod races;
mod reminders;
mod renewals;
mod review;
mod scope;
mod sheets;
mod sources;
mod speed;
mod suite;
mod tags;
mod versions;
