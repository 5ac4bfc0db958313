//! What the outside relies on: routes, commands, and that nothing is lost when the process is killed.

mod calls;
mod commands;
mod durable;
mod guards;
mod hooks;
mod hostile;
mod house;
mod kills;
mod lab;
mod living;
mod openapi;
mod pages;
mod pulls;
mod routes;
mod secrets;
mod sources;
mod tls;
mod wire;
