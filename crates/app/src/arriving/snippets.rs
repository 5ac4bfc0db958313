//! Lines to copy: how a firm's own programs send to a source, with its key and this server's address.
//!
//! Not here: the dialects themselves (`ingest::wire`).

use crate::view::Snippet;

/// The snippets of a kind of source; none for a kind that is not called.
pub(crate) fn of(kind: &str, key: &str, url: &str) -> Vec<Snippet> {
    let url = url.trim_end_matches('/');
    let lines: &[(&str, &str, &str)] = match kind {
        "segment" => SEGMENT,
        "sensors" => SENSORS,
        "webhook" => WEBHOOK,
        "jiandaoyun" => JIANDAOYUN,
        "wecom" => WECOM,
        _ => &[],
    };
    lines
        .iter()
        .map(|(sdk, language, code)| Snippet {
            sdk: (*sdk).to_owned(),
            language: (*language).to_owned(),
            code: fill(code, key, url),
        })
        .collect()
}

/// Fills key and address into a template. Both are ours: hexadecimal, and a URL without quotes.
fn fill(code: &str, key: &str, url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    let protocol = url.split_once("://").map_or("http", |(protocol, _)| protocol);
    code.trim_start_matches('\n')
        .replace("{key}", key)
        .replace("{url}", url)
        .replace("{host}", host)
        .replace("{protocol}", protocol)
}

const SEGMENT: &[(&str, &str, &str)] = &[
    (
        "@segment/analytics-next",
        "javascript",
        r#"
// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load(
  { writeKey: '{key}', cdnURL: '{url}' },
  { integrations: { 'Segment.io': { apiHost: '{host}/v1', protocol: '{protocol}' } } },
)
analytics.identify('U-1001', { name: '王敏', email: 'wang@example.cn', phone: '13800138000' })
analytics.group('C-1001', { name: '示例科技', industry: '制造' })
analytics.track('Order Completed', { order_id: 'O-1', revenue: 99.5, currency: 'CNY' })
"#,
    ),
    (
        "@segment/analytics-node",
        "javascript",
        r#"
// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: '{key}', host: '{url}' })
analytics.identify({ userId: 'U-1001', traits: { name: '王敏', email: 'wang@example.cn' } })
analytics.track({
  userId: 'U-1001',
  event: 'Report Exported',
  properties: { rows: 120 },
  context: { groupId: 'C-1001' },
})
await analytics.closeAndFlush()
"#,
    ),
    (
        "segment-analytics-python",
        "python",
        r#"
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = '{key}'
analytics.host = '{url}'
analytics.identify('U-1001', {'name': '王敏', 'email': 'wang@example.cn'})
analytics.group('U-1001', 'C-1001', {'name': '示例科技'})
analytics.track('U-1001', 'Report Exported', {'rows': 120}, context={'groupId': 'C-1001'})
analytics.shutdown()
"#,
    ),
    (
        "com.segment.analytics.java",
        "java",
        r#"
// com.segment.analytics.java:analytics
Analytics analytics = Analytics.builder("{key}").endpoint("{url}/").build();
analytics.enqueue(TrackMessage.builder("Report Exported")
    .userId("U-1001")
    .properties(ImmutableMap.of("rows", 120))
    .context(ImmutableMap.of("groupId", "C-1001")));
analytics.flush();
"#,
    ),
    (
        "analytics-go",
        "go",
        r#"
// go get github.com/segmentio/analytics-go/v3
client, _ := analytics.NewWithConfig("{key}", analytics.Config{Endpoint: "{url}"})
defer client.Close()
client.Enqueue(analytics.Track{
    UserId:     "U-1001",
    Event:      "Report Exported",
    Properties: analytics.NewProperties().Set("rows", 120),
    Context:    &analytics.Context{Extra: map[string]interface{}{"groupId": "C-1001"}},
})
"#,
    ),
    (
        "curl",
        "shell",
        r#"
curl -u '{key}:' '{url}/v1/track' -H 'Content-Type: application/json' -d '{
  "userId": "U-1001", "event": "Report Exported", "properties": {"rows": 120},
  "context": {"groupId": "C-1001"}, "messageId": "m-1", "timestamp": "2026-01-05T02:00:00Z"
}'
"#,
    ),
];

const SENSORS: &[(&str, &str, &str)] = &[
    (
        "sa-sdk-javascript",
        "javascript",
        r#"
// npm install sa-sdk-javascript
import sensors from 'sa-sdk-javascript'

sensors.init({ server_url: '{url}/sa?project=default&token={key}', send_type: 'ajax', heatmap: {} })
sensors.login('U-1001')
sensors.setProfile({ name: '王敏', email: 'wang@example.cn' })
sensors.track('ReportExported', { rows: 120 })
"#,
    ),
    (
        "SensorsAnalyticsSDK",
        "python",
        r#"
# pip install SensorsAnalyticsSDK
import sensorsanalytics

consumer = sensorsanalytics.BatchConsumer('{url}/sa?project=default&token={key}')
sa = sensorsanalytics.SensorsAnalytics(consumer)
sa.profile_set('U-1001', {'name': '王敏'}, is_login_id=True)
sa.track('U-1001', 'ReportExported', {'rows': 120}, is_login_id=True)
sa.close()
"#,
    ),
    (
        "SensorsAnalyticsSDK (Java)",
        "java",
        r#"
// com.sensorsdata.analytics.javasdk:SensorsAnalyticsSDK
SensorsAnalytics sa = new SensorsAnalytics(
    new BatchConsumer("{url}/sa?project=default&token={key}"));
Map<String, Object> properties = new HashMap<>();
properties.put("rows", 120);
sa.track("U-1001", true, "ReportExported", properties);
sa.shutdown();
"#,
    ),
    (
        "curl",
        "shell",
        r#"
curl '{url}/sa?project=default&token={key}' --data-urlencode "data=$(printf '%s' '{
  "type": "track", "distinct_id": "U-1001", "event": "ReportExported",
  "time": 1767578400000, "properties": {"rows": 120}
}' | base64 -w0)"
"#,
    ),
];

const WEBHOOK: &[(&str, &str, &str)] = &[(
    "curl",
    "shell",
    r#"
curl '{url}/in/{key}' -H 'Content-Type: application/json' -d '{"customer": "C-1001", "event": "Report Exported"}'
"#,
)];

/// A delivery signed as the platform signs, to see that both sides hold the same secret.
const JIANDAOYUN: &[(&str, &str, &str)] = &[(
    "curl",
    "shell",
    r#"
secret='SECRET'
nonce=$RANDOM timestamp=$(date +%s)
body='{"op":"data_create","data":{"_id":"test-1","updateTime":"2026-01-05T02:00:00Z"}}'
signature=$(printf '%s' "$nonce:$body:$secret:$timestamp" | openssl dgst -sha1 -r | cut -c1-40)
curl "{url}/in/jiandaoyun/{key}?nonce=$nonce&timestamp=$timestamp" -H 'Content-Type: application/json' \
  -H "X-JDY-Signature: $signature" -H "X-JDY-DeliverId: test-$nonce" -d "$body"
"#,
)];

/// The check that the platform makes when the address is entered there: it answers `hello`.
const WECOM: &[(&str, &str, &str)] = &[(
    "curl",
    "shell",
    r#"
token='TOKEN' aes_key='ENCODING_AES_KEY' corp_id='CORP_ID'
key=$(printf '%s=' "$aes_key" | base64 -d | od -An -v -tx1 | tr -d ' \n')
nonce=$RANDOM timestamp=$(date +%s)
padding=$((32 - (25 + ${#corp_id}) % 32))
encrypted=$({ head -c 16 /dev/urandom; printf '\0\0\0\5hello%s' "$corp_id"
  printf "\\$(printf %03o "$padding")%.0s" $(seq "$padding"); } |
  openssl enc -aes-256-cbc -nopad -K "$key" -iv "${key:0:32}" | base64 -w0)
signature=$(printf '%s\n' "$token" "$timestamp" "$nonce" "$encrypted" | LC_ALL=C sort | tr -d '\n' |
  openssl dgst -sha1 -r | cut -c1-40)
curl -G '{url}/in/wecom/{key}' -d "msg_signature=$signature" -d "timestamp=$timestamp" -d "nonce=$nonce" \
  --data-urlencode "echostr=$encrypted"
"#,
)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_holds_the_key_and_the_address_and_no_blank_to_fill() {
        for kind in ["segment", "sensors", "webhook", "jiandaoyun", "wecom"] {
            let snippets = of(kind, "0123abcd", "https://liuke.example.cn/");
            assert!(!snippets.is_empty());
            for snippet in snippets {
                assert!(snippet.code.contains("0123abcd"), "{}", snippet.code);
                assert!(snippet.code.contains("liuke.example.cn"), "{}", snippet.code);
                for blank in ["{key}", "{url}", "{host}", "{protocol}", ".cn//"] {
                    assert!(!snippet.code.contains(blank), "{blank} in {}", snippet.code);
                }
            }
        }
        assert!(of("postgres", "k", "https://liuke.example.cn").is_empty());
    }
}
