//! Who asks, about which moment, in which language: read once per request, so that handlers stay one line long.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use app::{App, Reader};
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use vocab::{AsOf, Instant, Lang, Zone};

use super::origin::client;
use super::problem::{Problem, language};
use super::site::Site;

/// Name of the session cookie.
pub(crate) const COOKIE: &str = "liuke_session";

/// The moment that every reading route takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOfQuery {
    /// Moment shown (截至): `YYYY-MM-DD` (midnight in the firm's zone) or RFC 3339; now when absent.
    pub(crate) as_of: Option<String>,
}

/// A request by somebody, signed in or not.
pub(crate) struct Visit {
    pub(crate) app: App,
    pub(crate) reader: Reader,
    pub(crate) now: Instant,
    pub(crate) as_of: Option<AsOf>,
    pub(crate) lang: Lang,
    pub(crate) cookie: Option<String>,
}

/// A request by somebody who is signed in.
pub(crate) struct Signed(pub(crate) Visit);

impl Deref for Signed {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.0
    }
}

impl FromRequestParts<Arc<Site>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Problem> {
        let app = site.app()?.clone();
        let now = site.now();
        let cookie = cookie(&parts.headers);
        // Who it is was found out at the door already, where the route asks for somebody.
        let reader = match parts.extensions.remove::<Reader>() {
            Some(reader) => reader,
            None => who(site, &parts.headers).await?,
        };
        let asked: AsOfQuery = of_query(&parts.uri)?;
        let as_of =
            asked.as_of.as_deref().filter(|text| !text.is_empty()).map(|text| moment(text, app.zone())).transpose()?;
        Ok(Visit { reader, now, as_of, lang: language(&parts.headers), cookie, app })
    }
}

impl FromRequestParts<Arc<Site>> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, site).await?;
        if visit.reader.staff.is_none() {
            return Err(Problem::signed_out());
        }
        Ok(Signed(visit))
    }
}

/// Whom a request comes from, by token or cookie; nobody when neither is good.
pub(super) async fn who(site: &Site, headers: &HeaderMap) -> Result<Reader, Problem> {
    let (bearer, cookie) = (bearer(headers)?, cookie(headers));
    let by_cookie = if bearer.is_some() { None } else { cookie.as_deref() };
    Ok(site.app()?.session(by_cookie, bearer.as_deref(), site.now()).await?)
}

fn moment(text: &str, zone: &Zone) -> Result<AsOf, Problem> {
    // A `+` of a zone offset that was not percent-encoded arrives as a space.
    let mended = text.replace(' ', "+");
    let read = zone.parse(text).or_else(|_| zone.parse(&mended));
    read.map(AsOf).map_err(|_| {
        Problem::bad(
            "bad_moment",
            ("截至时点写法不对", "as_of is no moment"),
            ("写成 2025-06-01 或 2025-06-01T08:00:00+08:00", "write 2025-06-01 or 2025-06-01T08:00:00+08:00"),
        )
    })
}

fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    token.filter(|token| !token.is_empty()).map(Some).ok_or_else(Problem::signed_out)
}

/// The session secret that a browser sent.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, secret)| secret.to_owned())
}

/// Where the request came from, as far as the connection knows.
pub(crate) fn peer(extensions: &axum::http::Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0)
}

/// Address of the caller, seen through the proxies that the operator named: what sign-in is rate-limited by.
pub(crate) struct Peer(pub(crate) String);

impl FromRequestParts<Arc<Site>> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Problem> {
        let client = |address: SocketAddr| client(address.ip(), &parts.headers, &site.options().proxies).to_string();
        Ok(Peer(peer(&parts.extensions).map_or_else(|| "local".to_owned(), client)))
    }
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<Site>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, site).await {
            Ok(Json(body)) => Ok(Body(body)),
            Err(rejection) => Err(bad_body(&rejection)),
        }
    }
}

fn bad_body(rejection: &JsonRejection) -> Problem {
    let said = rejection.body_text();
    let status = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            return Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "bad_body",
                ("请求内容超过 1 MiB", "the body is larger than 1 MiB"),
                ("请分几次发送", "send it in parts"),
            );
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::BAD_REQUEST,
    };
    Problem::new(
        status,
        "bad_body",
        (&format!("请求内容无法读取：{said}"), &format!("the body cannot be read: {said}")),
        (
            "按 /docs 中的说明发送 JSON（Content-Type: application/json）",
            "send JSON as /docs describes (Content-Type: application/json)",
        ),
    )
}

/// The query of a request.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Site>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Site>) -> Result<Self, Problem> {
        of_query(&parts.uri).map(Asked)
    }
}

/// What the query of an address asks.
pub(crate) fn of_query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::<T>::try_from_uri(uri).map(|Query(asked)| asked).map_err(bad_query)
}

fn bad_query(rejection: QueryRejection) -> Problem {
    let said = rejection.body_text();
    Problem::bad(
        "bad_query",
        (&format!("网址参数无法读取：{said}"), &format!("the query cannot be read: {said}")),
        ("参数及其写法见 /docs", "/docs lists the parameters"),
    )
}

/// A part of the path.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Site>> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Problem> {
        let read: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, site).await;
        read.map(|Path(name)| Named(name)).map_err(|_| Problem::not_found())
    }
}

/// Words of a comma-separated list, empty ones left out.
pub(crate) fn list(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A text with something in it.
pub(crate) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Rows on a page: as asked, but at most 500.
pub(crate) fn rows(asked: Option<usize>, otherwise: usize) -> usize {
    asked.unwrap_or(otherwise).clamp(1, 500)
}

/// Runs a change to its end even if the reader hangs up half-way.
pub(crate) async fn to_the_end<T, E>(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    match tokio::spawn(work).await {
        Ok(done) => done.map_err(Into::into),
        Err(error) => Err(Problem::internal(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "theme=dark; liuke_session=abc=; x".parse().unwrap());
        assert_eq!(cookie(&headers).as_deref(), Some("abc="));
        headers.insert(header::COOKIE, "not_liuke_session=abc".parse().unwrap());
        assert_eq!(cookie(&headers), None);
    }

    #[test]
    fn a_day_is_midnight_in_the_firms_zone_and_a_bare_plus_is_forgiven() {
        let zone = Zone::default();
        let at = |text: &str| moment(text, &zone).map(|as_of| as_of.to_string()).ok();
        assert_eq!(at("2025-06-01").as_deref(), Some("2025-05-31T16:00:00Z"));
        assert_eq!(at("2025-06-01T00:00:00 08:00").as_deref(), Some("2025-05-31T16:00:00Z"));
        assert_eq!(at("tomorrow"), None);
    }

    #[test]
    fn a_list_has_no_empty_words() {
        assert_eq!(list(Some("high, critical,,")), ["high", "critical"]);
        assert!(list(None).is_empty());
    }
}
