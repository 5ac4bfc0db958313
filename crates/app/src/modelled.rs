//! Models of who will leave: trained, judged, watched, compared, put in service.

pub(crate) mod lab;
pub(crate) mod model_card;
pub(crate) mod model_compare;
pub(crate) mod model_looks;
pub(crate) mod model_schedule;
pub(crate) mod model_watch;
pub(crate) mod models;
pub(crate) mod outside_models;
pub(crate) mod training_file;
