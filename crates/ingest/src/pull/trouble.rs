//! What a source answers when it refuses, in words that say what to do. Passwords are never repeated.

use sqlx::error::DatabaseError;
use vocab::Text;

use super::settings::Dialect;
use crate::refusal::Refusal;

/// What a source said, cut short, without the password should it repeat it.
pub(crate) fn said(text: &str, secret: Option<&str>) -> String {
    let text = match secret {
        Some(secret) if secret.chars().count() >= 4 => text.replace(secret, "***"),
        _ => text.to_owned(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

fn refusal(code: &'static str, zh: &str, en: &str, hint: (&str, &str)) -> Refusal {
    Refusal::new(code, Text::new(zh, en), Text::new(hint.0, hint.1))
}

pub(crate) fn host_unknown(host: &str) -> Refusal {
    refusal(
        "host_unknown",
        &format!("找不到主机“{host}”"),
        &format!("there is no host \"{host}\""),
        ("检查主机名，或改用 IP 地址", "check the name, or give its address"),
    )
}

pub(crate) fn connection_refused(host: &str, port: u16) -> Refusal {
    refusal(
        "connection_refused",
        &format!("{host} 的 {port} 端口拒绝连接"),
        &format!("{host} refuses connections on port {port}"),
        (
            "检查端口、服务是否已启动，以及是否只监听本机",
            "check the port, whether the server runs, and whether it listens to this machine",
        ),
    )
}

pub(crate) fn timed_out(host: &str) -> Refusal {
    refusal(
        "timed_out",
        &format!("{host} 没有在规定时间内应答"),
        &format!("{host} did not answer in time"),
        ("检查防火墙与网络；查询是否过慢", "check firewalls and the network, and whether the query is slow"),
    )
}

pub(crate) fn wrong_password(user: &str) -> Refusal {
    refusal(
        "wrong_password",
        &format!("用户“{user}”登录失败：用户名或密码不对，或该用户不允许从本机登录"),
        &format!("\"{user}\" cannot sign in: wrong name or password, or not allowed from this machine"),
        ("核对用户名和密码", "check the name and the password"),
    )
}

pub(crate) fn tls_failed(cause: &str) -> Refusal {
    refusal(
        "tls_failed",
        &format!("加密连接没有建立：{cause}"),
        &format!("no encrypted connection: {cause}"),
        (
            "检查服务器证书与 CA；服务器不支持加密时，只能把 tls 设为 off（仅限可信内网）",
            "check the server's certificate and the CA; if the server cannot encrypt, set tls to off (trusted networks only)",
        ),
    )
}

/// Whom a failed attempt was addressed to.
pub(crate) struct Addressee<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) user: &'a str,
    pub(crate) database: &'a str,
    pub(crate) secret: Option<&'a str>,
}

impl Addressee<'_> {
    /// The refusal behind an error of the driver.
    pub(crate) fn refused(&self, error: &sqlx::Error) -> Refusal {
        match error {
            sqlx::Error::Io(io) => match io.kind() {
                std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound => {
                    connection_refused(self.host, self.port)
                }
                std::io::ErrorKind::TimedOut => timed_out(self.host),
                // The driver hands on what went wrong with a certificate as if it were the wire's.
                _ if is_about_tls(&io.to_string()) => tls_failed(&said(&io.to_string(), self.secret)),
                _ => self.lost(&said(&io.to_string(), self.secret)),
            },
            sqlx::Error::Tls(cause) => tls_failed(&said(&with_causes(cause.as_ref()), self.secret)),
            sqlx::Error::Database(error) => self.answered(error.as_ref()),
            other => self.lost(&said(&with_causes(other), self.secret)),
        }
    }

    fn lost(&self, cause: &str) -> Refusal {
        refusal(
            "connection_lost",
            &format!("与 {} 的连接中断：{cause}", self.host),
            &format!("the connection to {} broke: {cause}", self.host),
            ("稍后再试；下次会接着读", "try again later: reading goes on where it stopped"),
        )
    }

    fn answered(&self, error: &dyn DatabaseError) -> Refusal {
        let code = error.code().unwrap_or_default();
        let number = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().map(|error| error.number());
        let message = said(error.message(), self.secret);
        let sort = match self.dialect {
            Dialect::Postgres => of_state(&code),
            Dialect::MySql => of_number(number.unwrap_or_default()),
            // SQL Server has a driver of its own.
            Dialect::Sqlite | Dialect::SqlServer => of_message(&message),
        };
        self.sorted(sort, &message)
    }

    /// The refusal behind an error of SQL Server's driver.
    pub(crate) fn refused_by_sql_server(&self, error: &tiberius::error::Error) -> Refusal {
        use tiberius::error::{Error, IoErrorKind};
        let message = said(&error.to_string(), self.secret);
        match error {
            Error::Server(answer) => self.sorted(of_sql_server(answer.code()), &said(answer.message(), self.secret)),
            Error::Io { kind: IoErrorKind::ConnectionRefused, .. } => connection_refused(self.host, self.port),
            Error::Io { kind: IoErrorKind::TimedOut, .. } => timed_out(self.host),
            // What the driver advises is addressed to programmers.
            Error::Tls(cause) => {
                tls_failed(&said(cause.split(" To connect anyway").next().unwrap_or(cause), self.secret))
            }
            Error::Io { kind: IoErrorKind::InvalidData, .. } => tls_failed(&message),
            _ if message.contains("encryption level") => tls_failed(&message),
            _ => self.lost(&message),
        }
    }

    fn sorted(&self, sort: Sort, message: &str) -> Refusal {
        match sort {
            Sort::Password => wrong_password(self.user),
            Sort::Database => refusal(
                "no_such_database",
                &format!("没有数据库“{}”，或无权访问", self.database),
                &format!("there is no database \"{}\", or it may not be used", self.database),
                ("核对数据库名和权限", "check its name and the rights"),
            ),
            Sort::Table => refusal(
                "no_such_table",
                &format!("没有这张表：{message}"),
                &format!("no such table: {message}"),
                ("核对表名、大小写和所在的 schema", "check the name, its case and its schema"),
            ),
            Sort::Column => refusal(
                "no_such_column",
                &format!("没有这一列：{message}"),
                &format!("no such column: {message}"),
                ("核对列名和大小写", "check the name and its case"),
            ),
            Sort::Syntax => refusal(
                "bad_query",
                &format!("查询有误：{message}"),
                &format!("the query is not understood: {message}"),
                ("先在数据库客户端里试通这条查询", "try the query in a database client first"),
            ),
            Sort::Rights => refusal(
                "no_rights",
                &format!("没有权限：{message}"),
                &format!("not allowed: {message}"),
                ("给该用户只读权限（SELECT）", "give the user the right to SELECT"),
            ),
            Sort::Writes => refusal(
                "query_writes",
                &format!("查询试图修改数据，已被拒绝：{message}"),
                &format!("the query tries to change something and was stopped: {message}"),
                ("只能读取", "only reading is allowed"),
            ),
            Sort::Tls => tls_failed(message),
            Sort::Other => refusal(
                "database_refused",
                &format!("数据库拒绝：{message}"),
                &format!("the database refuses: {message}"),
                ("按数据库的提示处理", "do as the database says"),
            ),
        }
    }
}

fn is_about_tls(text: &str) -> bool {
    ["certificate", "UnknownIssuer", "handshake", "TLS"].iter().any(|word| text.contains(word))
}

fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = next.source();
    }
    text
}

/// What sort of refusal an error code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Password,
    Database,
    Table,
    Column,
    Syntax,
    Rights,
    Writes,
    Tls,
    Other,
}

/// By SQLSTATE, as PostgreSQL lists them in its appendix A.
fn of_state(state: &str) -> Sort {
    match state {
        "28P01" | "28000" => Sort::Password,
        "3D000" => Sort::Database,
        "42P01" | "3F000" => Sort::Table,
        "42703" => Sort::Column,
        "42501" => Sort::Rights,
        "25006" => Sort::Writes,
        state if state.starts_with("42") => Sort::Syntax,
        _ => Sort::Other,
    }
}

/// By error number, as MySQL and MariaDB list them.
fn of_number(number: u16) -> Sort {
    match number {
        1045 | 1698 | 1130 | 1251 | 2059 => Sort::Password,
        1044 | 1049 => Sort::Database,
        1146 => Sort::Table,
        1054 => Sort::Column,
        1064 | 1248 => Sort::Syntax,
        1142 | 1143 | 1227 => Sort::Rights,
        1792 | 1290 => Sort::Writes,
        3159 => Sort::Tls,
        _ => Sort::Other,
    }
}

/// By error number, as SQL Server lists them in `sys.messages`.
fn of_sql_server(number: u32) -> Sort {
    match number {
        18456 | 18452 | 18470 | 18486 | 18487 | 18488 => Sort::Password,
        4060 | 4063 | 911 => Sort::Database,
        208 => Sort::Table,
        207 => Sort::Column,
        229 | 230 | 297 | 300 | 916 => Sort::Rights,
        3906 | 3908 => Sort::Writes,
        102..=170 | 319 | 336 | 1033 | 4145 | 8155 | 8156 => Sort::Syntax,
        _ => Sort::Other,
    }
}

/// SQLite has one code for all of it and says the rest in words.
fn of_message(message: &str) -> Sort {
    let says = |words: &str| message.contains(words);
    if says("no such table") {
        Sort::Table
    } else if says("no such column") {
        Sort::Column
    } else if says("syntax error") || says("incomplete input") {
        Sort::Syntax
    } else if says("readonly database") {
        Sort::Writes
    } else if says("unable to open") || says("not a database") {
        Sort::Database
    } else {
        Sort::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_repeated_without_the_password() {
        assert_eq!(said("bad login root:hunter22\nat line 1", Some("hunter22")), "bad login root:*** at line 1");
        assert_eq!(said(&"x".repeat(1000), None).len(), 300);
    }
}
