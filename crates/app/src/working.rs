//! The day's work: what needs whom, cases and their clocks, advice, records, promises, the week looked back upon.

pub(crate) mod advice;
pub(crate) mod advice_results;
pub(crate) mod alert_rows;
pub(crate) mod case_desk;
pub(crate) mod case_list;
pub(crate) mod case_moves;
pub(crate) mod case_rows;
pub(crate) mod case_work;
pub(crate) mod desk;
pub(crate) mod follow_ups;
pub(crate) mod promises;
pub(crate) mod review;
pub(crate) mod team;
pub(crate) mod today;
pub(crate) mod waiting_work;
pub(crate) mod work;
pub(crate) mod work_times;
