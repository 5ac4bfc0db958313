//! The screens, built into the binary, and the sample company's own door.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::guard::is_loopback_request;
use super::problem::{Problem, language};
use super::routes::session::session_cookie;
use super::site::Site;
use super::visit::cookie;
use vocab::Lang;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Pages;

/// Whether the screens have been built.
pub(crate) fn has_pages() -> bool {
    Pages::get("index.html").is_some()
}

/// Everything that is no route: a built file, or the page whose own router knows the address.
pub(super) async fn page(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let path = request.uri.path();
    if is_machine_path(path) || !matches!(request.method, Method::GET | Method::HEAD) {
        return Problem::not_found().into_response();
    }
    let name = path.trim_start_matches('/');
    if !name.is_empty()
        && name != "index.html"
        && let Some(file) = Pages::get(name)
    {
        return built(name, &file, &request.headers);
    }
    if is_file(name) {
        return Problem::not_found().into_response();
    }
    if site.app().is_err() {
        return loading(&site, language(&request.headers));
    }
    let cookie = match enter_demo(&site, &request).await {
        Ok(cookie) => cookie,
        Err(problem) => return problem.into_response(),
    };
    let mut response = match Pages::get("index.html") {
        Some(file) if cookie.is_some() => built("index.html", &file, &HeaderMap::new()),
        Some(file) => built("index.html", &file, &request.headers),
        None => without_pages(language(&request.headers)),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether a file is asked for and no page: no page at the top has a dot in its name. Below the top they can, as ids have.
fn is_file(name: &str) -> bool {
    name.starts_with("assets/") || (name.contains('.') && !name.contains('/') && name != "index.html")
}

fn is_machine_path(path: &str) -> bool {
    ["/api", "/v1", "/sa", "/docs", "/debug"].iter().any(|prefix| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('.'))
    })
}

/// The sample company signs a visitor in by itself, if both the visitor and the name asked for are this machine.
async fn enter_demo(site: &Site, request: &Parts) -> Result<Option<HeaderValue>, Problem> {
    if !site.options().demo || !is_loopback_request(request) {
        return Ok(None);
    }
    let (app, now) = (site.app()?, site.now());
    let known = cookie(&request.headers);
    if known.is_some() && app.session(known.as_deref(), None, now).await?.staff.is_some() {
        return Ok(None);
    }
    let secret = app.demo_sign_in(now).await?;
    secret.map(|secret| session_cookie(site, &secret)).transpose()
}

fn built(name: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let keep = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let fresh = known.is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let headers = [
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag),
        (header::CONTENT_TYPE, sort_of(name).to_owned()),
    ];
    if fresh {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, file.data.clone().into_owned()).into_response()
}

fn sort_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("ico") => "image/x-icon",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("woff") => "font/woff",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// A page of our own, for when there are no built ones to show.
fn own_page(status: StatusCode, lang: Lang, again: bool, title: &str, body: &str) -> Response {
    let refresh = if again { "<meta http-equiv=\"refresh\" content=\"1\">" } else { "" };
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{refresh}<title>{title}</title><style>\
         :root{{color-scheme:light dark}}body{{font:16px/1.7 system-ui,'Noto Sans CJK SC',sans-serif;margin:0;\
         min-height:100vh;display:grid;place-items:center}}main{{max-width:34rem;padding:2rem}}h1{{font-size:1.4rem}}\
         progress{{width:100%;height:.6rem;accent-color:#0f766e}}code{{background:#8882;padding:.1em .4em;\
         border-radius:4px}}</style></head><body><main>{body}</main></body></html>",
        lang.as_str()
    );
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, html).into_response()
}

fn loading(site: &Site, lang: Lang) -> Response {
    let preparing = site.preparing();
    let pick = |words: &app::view::Words| escape(if lang == Lang::Zh { &words.zh } else { &words.en });
    let title =
        if lang == Lang::Zh { "留客正在准备示例公司…" } else { "Liuke is preparing the sample company…" };
    let share = (preparing.share.clamp(0.0, 1.0) * 100.0).round();
    let body =
        format!("<h1>{title}</h1><progress max=\"100\" value=\"{share}\"></progress><p>{}</p>", pick(&preparing.stage));
    own_page(StatusCode::SERVICE_UNAVAILABLE, lang, true, title, &body)
}

fn without_pages(lang: Lang) -> Response {
    let (title, said) = match lang {
        Lang::Zh => (
            "页面还没有构建",
            "服务已在运行，但这个程序里没有页面。请在项目目录运行 <code>make web</code>，然后刷新；接口说明见 <a href=\"/docs\">/docs</a>。",
        ),
        Lang::En => (
            "The screens have not been built",
            "The server is running, but this program holds no screens. Run <code>make web</code> in the project folder and \
             reload; the API is described at <a href=\"/docs\">/docs</a>.",
        ),
    };
    own_page(StatusCode::OK, lang, false, title, &format!("<h1>{title}</h1><p>{said}</p>"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screens_address_is_not_mistaken_for_a_machines() {
        assert!(is_machine_path("/api/nothing"));
        assert!(is_machine_path("/sa.gif"));
        assert!(!is_machine_path("/customers/C-1"));
        assert!(!is_machine_path("/apiary"));
    }

    #[test]
    fn a_file_that_there_is_none_of_is_not_answered_with_a_page() {
        for file in ["robots.txt", "favicon.ico", "assets/none.js"] {
            assert!(is_file(file), "{file}");
        }
        for page in ["", "index.html", "today", "customers/shop.example.cn", "cases/12"] {
            assert!(!is_file(page), "{page}");
        }
    }
}
