//! Tables that leave the house, and workbooks that come back.

pub(crate) mod asked;
pub(crate) mod export;
pub(crate) mod indicator_file;
pub(crate) mod indicator_sql;
pub(crate) mod indicator_table;
pub(crate) mod sheets;
