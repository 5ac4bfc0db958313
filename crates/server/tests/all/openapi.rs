use std::collections::BTreeSet;
use std::path::Path;

/// The typed client of the screens is generated from the committed document.
#[test]
fn the_committed_description_is_the_one_the_server_gives() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = server::openapi::text();
    if std::env::var("LIUKE_UPDATE").is_ok() {
        std::fs::write(&file, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap();
    assert!(committed == now, "openapi.json is stale: LIUKE_UPDATE=1 cargo nextest run -p server openapi");
}

#[test]
fn every_route_has_a_summary_a_tag_and_a_refusal() {
    let document = server::openapi::document();
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            let route = format!("{method} {path}");
            assert!(ids.insert(described["operationId"].to_string()), "{route}: its id is another's too");
            assert!(described["summary"].is_string(), "{route}");
            assert!(described["tags"][0].is_string(), "{route}");
            assert!(described["responses"]["default"].is_object(), "{route}");
        }
    }
}

#[test]
fn every_type_named_is_described() {
    let document = server::openapi::document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
