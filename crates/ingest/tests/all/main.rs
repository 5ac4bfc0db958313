//! Files as firms have them, imported into a data folder of their own.

mod always;
mod costs;
mod customers;
mod files;
mod firm;
mod fuzz;
mod hook;
mod hook_fuzz;
mod hostile;
mod identity;
mod large;
mod old_workbook;
mod orders;
mod pull;
mod real;
mod singles;
mod speed;
mod traps;
mod undone;
mod wire;
mod wire_fuzz;
