//! Models of who will leave: trained, judged, watched, compared, in service, and what they say of customers.

pub(crate) mod lab;
pub(crate) mod model_card;
pub(crate) mod model_compare;
pub(crate) mod model_looks;
pub(crate) mod model_schedule;
pub(crate) mod model_watch;
pub(crate) mod models;
pub(crate) mod outside_models;
pub(crate) mod outside_tables;
pub(crate) mod risk;
pub(crate) mod risk_columns;
pub(crate) mod risk_page;
pub(crate) mod risk_reasons;
pub(crate) mod risk_ways;
pub(crate) mod risk_worth;
pub(crate) mod training_file;
