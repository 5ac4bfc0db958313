//! The paths at which events come in, described: they speak the dialects of Segment and Sensors, answers included, so
//! nothing of it can be derived from our own types.

use serde_json::{Value, json};

/// Adds the paths to a document.
pub(super) fn add(document: &mut Value) {
    document["components"]["schemas"]["WireRefusal"] = refusal_schema();
    document["components"]["schemas"]["WireMessage"] = message_schema();
    document["components"]["schemas"]["WireBatch"] = batch_schema();
    document["components"]["schemas"]["SensorsForm"] = form_schema();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (call, id, summary, needs) in CALLS {
        paths.insert(format!("/v1/{call}"), json!({"post": segment(id, summary, needs)}));
    }
    for (call, id) in [("batch", "segment_batch"), ("import", "segment_import")] {
        paths.insert(format!("/v1/{call}"), json!({"post": batch(call, id)}));
    }
    paths.insert("/v1/projects/{key}/settings".to_owned(), json!({"get": settings()}));
    paths.insert("/sa".to_owned(), json!({"get": looked("sensors_get"), "post": sensors("sensors_post", "/sa")}));
    paths.insert(
        "/sa.gif".to_owned(),
        json!({"get": looked("sensors_gif"), "post": sensors("sensors_gif_post", "/sa")}),
    );
    paths.insert("/debug".to_owned(), json!({"post": sensors("sensors_debug", "/debug")}));
}

/// Path, operation, summary, what a message of the sort needs.
const CALLS: [(&str, &str, &str, &str); 6] = [
    ("identify", "segment_identify", "Say who somebody is", "`userId` or `anonymousId`; `traits`"),
    ("track", "segment_track", "Say what somebody did", "`userId` or `anonymousId`; `event`, `properties`"),
    ("page", "segment_page", "Say which page somebody saw", "`userId` or `anonymousId`; `name`, `properties`"),
    ("screen", "segment_screen", "Say which screen somebody saw", "`userId` or `anonymousId`; `name`, `properties`"),
    (
        "group",
        "segment_group",
        "Say to which customer somebody belongs",
        "`userId` or `anonymousId`; `groupId`, `traits`",
    ),
    ("alias", "segment_alias", "Say that two ids are one", "`previousId` and `userId`"),
];

const TAKEN: &str = "Every event of a 2xx call is on disk before the answer, as a fact or in quarantine, and counts once \
    however often it is sent (by source and `messageId`). One fault refuses the whole call only where the source is strict \
    or the header `X-Strict-Mode: 1` says so. The body may be gzip (`Content-Encoding`) and may come as `text/plain`.";

fn segment(id: &str, summary: &str, needs: &str) -> Value {
    let description = format!(
        "Segment's dialect; the short path of the browser client works too. Needs {needs}. At most 32 KB. {TAKEN}"
    );
    json!({
        "tags": ["intake"], "operationId": id, "summary": summary, "description": description,
        "security": by_key(), "parameters": [strict()],
        "requestBody": body("WireMessage", &["application/json", "text/plain"]),
        "responses": answers(taken()),
    })
}

fn batch(call: &str, id: &str) -> Value {
    let summary = if call == "batch" { "Send many messages" } else { "Load messages of the past" };
    let clock = match call {
        "import" => "Moments are taken at their word.",
        _ => "Moments are put right by `sentAt`: received − (`sentAt` − `timestamp`).",
    };
    json!({
        "tags": ["intake"], "operationId": id, "summary": summary,
        "description": format!("Segment's dialect: `batch` holds messages, each with its `type`. At most 500 KB. {clock} {TAKEN}"),
        "security": by_key(), "parameters": [strict()],
        "requestBody": body("WireBatch", &["application/json", "text/plain"]),
        "responses": answers(taken()),
    })
}

fn settings() -> Value {
    json!({
        "tags": ["intake"], "operationId": "segment_settings", "summary": "Tell the browser client where to send",
        "description": "What `@segment/analytics-next` asks before it sends anything: this server, and nothing else to load.",
        "security": [{}],
        "parameters": [{"name": "key", "in": "path", "required": true, "description": "Write key", "schema": {"type": "string"}}],
        "responses": answers(json!({"description": "Settings as the client expects them",
            "content": {"application/json": {"schema": {"type": "object", "properties": {
                "integrations": {"type": "object"}, "plan": {"type": "object"}}}}}})),
    })
}

fn sensors(id: &str, path: &str) -> Value {
    let trial = match path {
        "/debug" => " With `Dry-Run: true` nothing is kept.",
        _ => "",
    };
    let json = json!({"schema": {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}});
    json!({
        "tags": ["intake"], "operationId": id, "summary": "Send records of a Sensors SDK",
        "description": format!("神策's dialect: a form with `data` (one record) or `data_list` (several), base64 of JSON, gzip \
            where `gzip=1`; or plain JSON. {TAKEN}{trial}"),
        "security": [{}], "parameters": [token(), project()],
        "requestBody": {"required": true, "content": {
            "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/SensorsForm"}},
            "application/json": json,
        }},
        "responses": answers(json!({"description": "Taken; no body, as the SDKs expect"})),
    })
}

fn looked(id: &str) -> Value {
    let parameter = |name: &str, description: &str| json!({"name": name, "in": "query", "description": description, "schema": {"type": "string"}});
    json!({
        "tags": ["intake"], "operationId": id, "summary": "Send a record as the address of a picture",
        "description": format!("神策's dialect; answers a picture of one dot. Without `data` it only says that somebody is here. {TAKEN}"),
        "security": [{}],
        "parameters": [token(), project(), parameter("data", "One record: base64 of JSON"),
            parameter("data_list", "Several records: base64 of a JSON list"), parameter("gzip", "`1` where it is gzip")],
        "responses": answers(json!({"description": "A GIF of 1 × 1",
            "content": {"image/gif": {"schema": {"type": "string", "format": "binary"}}}})),
    })
}

fn taken() -> Value {
    json!({"description": "Taken, as Segment answers", "content": {"application/json": {"schema": {
        "type": "object", "required": ["success"], "properties": {"success": {"type": "boolean"}}}}}})
}

/// The answer where all is well, and the refusals that all of them share.
fn answers(well: Value) -> Value {
    let refusal = |description: &str| {
        json!({"description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WireRefusal"}}}})
    };
    let mut later = refusal("More than can be taken at the moment: send it again, nothing is doubled");
    later["headers"] = json!({
        "Retry-After": {"description": "Seconds", "schema": {"type": "integer"}},
        "X-RateLimit-Reset": {"description": "Seconds", "schema": {"type": "integer"}},
    });
    json!({
        "200": well,
        "400": refusal("No JSON, too large, or (strictly) a fault: `error.path` says where"),
        "401": refusal("Nobody has this write key"),
        "403": refusal("The source is out of use"),
        "429": later,
        "default": {"description": "Refused: a code says why", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/WireRefusal"}},
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}},
        }},
    })
}

fn by_key() -> Value {
    json!([{"write_key": []}, {}])
}

fn strict() -> Value {
    json!({"name": "X-Strict-Mode", "in": "header", "description": "`1`: one fault refuses the whole call",
        "schema": {"type": "string", "enum": ["0", "1"]}})
}

fn token() -> Value {
    json!({"name": "token", "in": "query", "description": "Write key", "schema": {"type": "string"}})
}

fn project() -> Value {
    json!({"name": "project", "in": "query", "description": "As the SDK is set up; may hold the write key instead",
        "schema": {"type": "string"}})
}

fn body(schema: &str, types: &[&str]) -> Value {
    let content: serde_json::Map<String, Value> = types
        .iter()
        .map(|sort| ((*sort).to_owned(), json!({"schema": {"$ref": format!("#/components/schemas/{schema}")}})))
        .collect();
    json!({"required": true, "content": content})
}

fn refusal_schema() -> Value {
    json!({"type": "object", "required": ["success", "error"], "description": "Why a call was not taken.",
        "properties": {"success": {"type": "boolean"}, "error": {"type": "object",
            "required": ["code", "path", "message", "message_zh"], "properties": {
                "code": {"type": "string", "description": "Stable, in snake_case."},
                "path": {"type": "string", "description": "JSON path of the fault: `$.batch[3].userId`."},
                "message": {"type": "string"}, "message_zh": {"type": "string"}}}}})
}

fn message_schema() -> Value {
    json!({"type": "object", "description": "A message of Segment's spec; what it needs depends on its sort.",
        "properties": {
            "type": {"type": "string"}, "userId": {"type": ["string", "null"]}, "anonymousId": {"type": ["string", "null"]},
            "groupId": {"type": ["string", "null"]}, "previousId": {"type": ["string", "null"]},
            "event": {"type": "string"}, "name": {"type": "string"},
            "traits": {"type": "object"}, "properties": {"type": "object"}, "context": {"type": "object"},
            "messageId": {"type": "string"}, "timestamp": {"type": "string"}, "sentAt": {"type": "string"},
            "writeKey": {"type": "string"}}})
}

fn batch_schema() -> Value {
    json!({"type": "object", "required": ["batch"], "description": "Messages; what is said beside them is said of each.",
        "properties": {
            "batch": {"type": "array", "items": {"$ref": "#/components/schemas/WireMessage"}},
            "context": {"type": "object"}, "integrations": {"type": "object"},
            "sentAt": {"type": "string"}, "writeKey": {"type": "string"}}})
}

fn form_schema() -> Value {
    json!({"type": "object", "description": "Records of a Sensors SDK.", "properties": {
        "data": {"type": "string"}, "data_list": {"type": "string"}, "gzip": {"type": "string"},
        "token": {"type": "string"}, "project": {"type": "string"}}})
}
