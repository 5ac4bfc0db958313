//! Who may knock at all: names we answer to, requests that other sites must not make in a reader's name.
//!
//! A page of another site can point its own name at this machine (DNS rebinding) and can make a browser send our cookie.
//! Against the first stands the list of host names, on loopback too; against the second the header `X-Liuke`, which no
//! form of another site can send, and the `Origin` that must be ours.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::HeaderName;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::site::Site;
use super::visit::{cookie, peer};
use super::wire;

/// Header that a browser sends only for a script of our own pages.
const OWN: HeaderName = HeaderName::from_static("x-liuke");

/// What pages may load: only what this server itself serves. Styles may be inline because the component library writes
/// them at run time.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Refuses names we do not answer to and forged changes; adds the security headers to every answer.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let secret = request.uri().path().starts_with("/api/");
    let is_wire = wire::is_wire(request.uri().path());
    let (parts, body) = request.into_parts();
    // Where events come in no cookie counts, so that no name and no origin can abuse it.
    let refused = if is_wire { None } else { refuse(&site, &parts) };
    let mut response = match refused {
        Some(problem) => problem.into_response(),
        None => next.run(Request::from_parts(parts, body)).await,
    };
    harden(response.headers_mut(), secret, site.options().https);
    if is_wire {
        let any = HeaderValue::from_static("cross-origin");
        response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), any);
    }
    response
}

fn refuse(site: &Site, request: &Parts) -> Option<Problem> {
    let Some(host) = host(request) else {
        return Some(unknown_host("-"));
    };
    if !answers_to(&host, &site.options().hosts) {
        return Some(unknown_host(&host));
    }
    let safe = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || request.headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    let headers = &request.headers;
    let foreign = headers.get(header::ORIGIN).is_some_and(|origin| !same_origin(origin, &authority(request)));
    let unmarked = cookie(headers).is_some() && headers.get(OWN).is_none_or(|value| value != "1");
    (foreign || unmarked).then(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "forged_request",
            ("这次修改不是由本系统的页面发出的", "this change was not sent by a page of ours"),
            (
                "浏览器请求需带 X-Liuke: 1 且同源；程序请使用 Authorization: Bearer 令牌",
                "browsers send X-Liuke: 1 from the same origin; programs send Authorization: Bearer TOKEN",
            ),
        )
    })
}

fn unknown_host(host: &str) -> Problem {
    let host: String = host.chars().take(80).collect();
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "unknown_host",
        (&format!("本服务不应答主机名“{host}”"), &format!("this server does not answer to the host name \"{host}\"")),
        ("用 --host 名称 允许该主机名", "allow it with --host NAME"),
    )
}

/// Host and port as the request names them.
pub(super) fn authority(request: &Parts) -> String {
    let named = request.headers.get(header::HOST).and_then(|value| value.to_str().ok()).map(str::to_owned);
    named.or_else(|| request.uri.authority().map(ToString::to_string)).unwrap_or_default().to_ascii_lowercase()
}

/// Host without its port.
fn host(request: &Parts) -> Option<String> {
    let authority = authority(request);
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?.to_owned(),
        None => authority.rsplit_once(':').map_or(authority.as_str(), |(host, _)| host).to_owned(),
    };
    let host = host.trim_end_matches('.').to_owned();
    (!host.is_empty()).then_some(host)
}

/// A bare address cannot be rebound: only names can.
fn answers_to(host: &str, allowed: &[String]) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok()
        || allowed.iter().any(|name| name.eq_ignore_ascii_case(host))
}

fn same_origin(origin: &HeaderValue, authority: &str) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let Some((_, named)) = origin.split_once("://") else { return false };
    named.eq_ignore_ascii_case(authority)
}

/// Whether both the connection and the name are this machine's own: a proxy on this machine passes on other names.
pub(crate) fn is_loopback_request(request: &Parts) -> bool {
    let near = peer(&request.extensions).is_some_and(|address| address.ip().to_canonical().is_loopback());
    let name = host(request).unwrap_or_default();
    let own = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let passed_on =
        ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| request.headers.contains_key(*name));
    near && own && !passed_on
}

fn harden(headers: &mut HeaderMap, secret: bool, https: bool) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if secret {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(host: &str) -> bool {
        let (request, ()) = Request::builder().header(header::HOST, host).body(()).unwrap().into_parts();
        super::host(&request).is_some_and(|host| answers_to(&host, &["crm.example.cn".to_owned()]))
    }

    #[test]
    fn another_sites_name_pointed_at_this_machine_is_not_answered() {
        for host in ["localhost:7070", "127.0.0.1:7070", "[::1]:7070", "192.168.1.9", "CRM.example.cn", "localhost."] {
            assert!(named(host), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7070", "", ":80", "[evil]:1"] {
            assert!(!named(host), "{host}");
        }
    }

    #[test]
    fn an_origin_counts_with_its_port() {
        let same = |origin: &str| same_origin(&origin.parse().unwrap(), "localhost:7070");
        assert!(same("http://localhost:7070"));
        assert!(!same("http://localhost:7071"));
        assert!(!same("http://localhost:7070.evil.example"));
        assert!(!same("null"));
    }
}
