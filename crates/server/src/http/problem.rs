//! The one place where a refusal becomes an answer: `application/problem+json` in the reader's language.
//!
//! Handlers return a [`Problem`]; it travels as an extension of an empty response until [`super::observe`] knows the
//! request's id and language and writes the body. A 500 says nothing about its cause; the cause is logged there, once.

use app::view::Words;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use vocab::Lang;

/// What a program reads when something was refused (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// `about:blank`: the code says what sort it is.
    #[serde(rename = "type")]
    pub sort: &'static str,
    /// Phrase of the status.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Stable and machine-readable, in `snake_case`.
    pub code: &'static str,
    /// What is wrong, in the language asked for.
    pub detail: String,
    /// What to do about it, in the language asked for.
    pub hint: String,
    /// Names this request in the log.
    pub request_id: String,
}

/// A refusal on its way to the reader.
#[derive(Clone, Debug)]
pub struct Problem(Box<Said>);

#[derive(Clone, Debug)]
struct Said {
    status: StatusCode,
    code: &'static str,
    detail: Words,
    hint: Words,
    cause: Option<String>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Self {
        Self(Box::new(Said { status, code, detail: words(detail), hint: words(hint), cause: None }))
    }

    pub(crate) fn bad(code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail, hint)
    }

    pub(crate) fn internal(cause: impl ToString) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            ("系统内部出错", "something went wrong inside"),
            (
                "请稍后再试；若再次出现，请把请求编号告诉管理员",
                "try again; if it happens again, give the request id to an administrator",
            ),
        );
        problem.0.cause = Some(cause.to_string());
        problem
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            ("没有这个地址或这条记录", "no such address or record"),
            ("可能已被删除，或不在您的权限范围内", "it may be gone, or outside what you may see"),
        )
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            ("尚未登录，或登录已过期", "nobody is signed in, or the session has ended"),
            ("请登录；程序请使用 Authorization: Bearer 令牌", "sign in; programs send Authorization: Bearer TOKEN"),
        )
    }

    pub(crate) fn preparing() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "preparing",
            ("正在准备数据", "the data is being prepared"),
            ("请稍候片刻", "wait a moment"),
        )
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What lies behind a fault of ours: for the log, never for a reader.
    pub(super) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(super) fn body(&self, lang: Lang, request_id: &str) -> ProblemBody {
        let pick = |words: &Words| match lang {
            Lang::Zh => words.zh.clone(),
            Lang::En => words.en.clone(),
        };
        ProblemBody {
            sort: "about:blank",
            title: self.0.status.canonical_reason().unwrap_or("Error"),
            status: self.0.status.as_u16(),
            code: self.0.code,
            detail: pick(&self.0.detail),
            hint: pick(&self.0.hint),
            request_id: request_id.to_owned(),
        }
    }

    pub(super) fn render(&self, lang: Lang, request_id: &str) -> Response {
        let text = serde_json::to_vec(&self.body(lang, request_id)).unwrap_or_default();
        let mut response = (self.0.status, text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.as_str()));
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.0.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// A parameter that is none of the words it can be.
pub(super) fn unknown_word(parameter: &str, word: &str) -> Problem {
    let word: String = word.chars().take(80).collect();
    Problem::bad(
        "bad_query",
        (&format!("参数 {parameter} 不能是“{word}”"), &format!("the parameter {parameter} cannot be \"{word}\"")),
        ("参数及其写法见 /docs", "/docs lists the parameters"),
    )
}

fn words((zh, en): (&str, &str)) -> Words {
    Words { zh: zh.to_owned(), en: en.to_owned() }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<app::Error> for Problem {
    fn from(error: app::Error) -> Self {
        let status = match error.class() {
            app::Class::BadInput => StatusCode::BAD_REQUEST,
            app::Class::Unauthorised => StatusCode::UNAUTHORIZED,
            app::Class::Forbidden => StatusCode::FORBIDDEN,
            app::Class::NotFound => StatusCode::NOT_FOUND,
            app::Class::Conflict => StatusCode::CONFLICT,
            app::Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
            app::Class::Busy => StatusCode::SERVICE_UNAVAILABLE,
            app::Class::Internal => return Problem::internal(error),
        };
        Problem(Box::new(Said {
            status,
            code: error.code(),
            detail: error.detail().clone(),
            hint: error.hint().clone(),
            cause: error.cause().map(str::to_owned),
        }))
    }
}

/// The language a request asks for: the first of `Accept-Language` that we speak, Chinese otherwise.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    asked
        .split(',')
        .filter_map(|tag| {
            let tag = tag.trim().to_ascii_lowercase();
            if tag.starts_with("zh") {
                return Some(Lang::Zh);
            }
            tag.starts_with("en").then_some(Lang::En)
        })
        .next()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(tags: &str) -> Lang {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, tags.parse().unwrap());
        language(&headers)
    }

    #[test]
    fn the_first_language_we_speak_is_taken() {
        assert_eq!(asked("en-US,en;q=0.9,zh;q=0.5"), Lang::En);
        assert_eq!(asked("fr-FR, en;q=0.8"), Lang::En);
        assert_eq!(asked("zh-CN"), Lang::Zh);
        assert_eq!(asked("fr"), Lang::Zh);
        assert_eq!(language(&HeaderMap::new()), Lang::Zh);
    }

    #[test]
    fn an_inner_fault_tells_the_reader_nothing() {
        let problem = Problem::internal("disk sda1 is broken");
        let body = serde_json::to_string(&problem.body(Lang::En, "r1")).unwrap();
        assert!(!body.contains("sda1"), "{body}");
        assert_eq!(problem.cause(), Some("disk sda1 is broken"));
    }
}
