//! Indicators as a query: what it says is written down here; that it gives the kernel's cells is tried by running it
//! (`scripts/sql.sh`).

use indicators::{Catalog, Delivery, Sql, SqlProperties, SqlSource};
use vocab::{AsOf, Zone};

/// A catalogue of `(id, what is measured)`.
fn catalog(definitions: &[(&str, &str)]) -> Catalog {
    let definition = |(id, body): &(&str, &str)| {
        let silence =
            if body.contains("formula") || body.contains("when_absent") { "" } else { "when_absent = \"unknown\"\n" };
        format!(
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"名\", en = \"n\" }}\nquestion = {{ zh = \"问\", en = \"q\" }}\n\
             category = \"c\"\nunit = \"count\"\nworse = \"none\"\n{silence}{body}\n"
        )
    };
    let text: String = definitions.iter().map(definition).collect();
    Catalog::parse(&[("some.toml".to_owned(), text)]).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn query(catalog: &Catalog, ids: &[&str], delivery: Delivery, source: &SqlSource) -> Sql {
    let zone = Zone::default();
    Sql::of(catalog, ids, AsOf(zone.parse("2025-03-01").unwrap()), &zone, delivery, source)
}

#[test]
fn a_query_says_every_window_in_numbers_and_decides_the_rest_from_the_facts() {
    let catalog = catalog(&[
        (
            "orders_30d",
            "of = { kind = \"order\", name = \"Bought\", where = { plan = \"it's\" } }\nmeasure = \"sum\"\nwindow = \"30d\"\nwhen_absent = \"zero\"",
        ),
        ("days_since_login", "of = { kind = \"event\", name = \"Logged In\" }\nmeasure = \"days_since_last\""),
        ("per_day", "formula = \"orders_30d / max(days_since_login, 1)\""),
    ]);
    let columns = ["customer_id", "kind", "name", "occurred_at", "value", "properties"].map(str::to_owned).to_vec();
    let source = SqlSource::file("a/facts.parquet", columns, SqlProperties::Json);
    let sql = query(&catalog, &["per_day"], Delivery::FromFirstFact, &source);
    assert!(sql.left_out.is_empty());
    insta::assert_snapshot!(sql.text, @r#"
    -- 截至 2025-03-01 00:00:00（Asia/Shanghai）每位客户的指标；数据不足处为 NULL。
    -- The indicators of every customer as of 2025-03-01 00:00:00 (Asia/Shanghai); NULL where unknown.
    WITH record AS (
      SELECT
        CAST(customer_id AS VARCHAR) AS customer,
        CAST(kind AS VARCHAR) AS kind,
        CAST(name AS VARCHAR) AS name,
        epoch_us(occurred_at) AS happened,
        epoch_us(occurred_at) AS known,
        file_row_number + 1 AS number,
        CAST(value AS DECIMAL(19,6)) AS value,
        json_extract_string(nullif(properties, ''), '/plan') AS "p.plan"
      FROM read_parquet('a/facts.parquet', file_row_number = true)
    ),
    by_then AS (
      SELECT * FROM record WHERE happened < 1740758400000000 AND known < 1740758400000000
    ),
    visible AS MATERIALIZED (
      SELECT * FROM by_then f WHERE customer IS NOT NULL
    ),
    customers AS (
      SELECT customer, min(happened) AS first_seen FROM visible GROUP BY customer
    ),
    covered AS (
      SELECT min(happened) AS since FROM by_then
    ),
    facts_1 AS (
      SELECT * FROM visible
        WHERE kind = 'order' AND name = 'Bought' AND coalesce("p.plan" = 'it''s', FALSE)
    ),
    facts_2 AS (
      SELECT * FROM visible
        WHERE kind = 'event' AND name = 'Logged In'
    ),
    sums_1 AS MATERIALIZED (
      SELECT customer,
        CASE WHEN count(*) FILTER (WHERE happened >= 1738166400000000 /* 2025-01-30 00:00:00 */) = 0 THEN 0 ELSE CAST(sum(value) FILTER (WHERE happened >= 1738166400000000 /* 2025-01-30 00:00:00 */) AS DOUBLE) END AS i1
      FROM facts_1 GROUP BY customer
    ),
    sums_2 AS MATERIALIZED (
      SELECT customer,
        floor((1740758400000000 /* 2025-03-01 00:00:00 */ - max(happened)) / 8.64e10) AS i2
      FROM facts_2 GROUP BY customer
    ),
    measured AS (
      SELECT customers.customer AS customer,
        CASE WHEN covered.since <= 1738166400000000 /* 2025-01-30 00:00:00 */ THEN CASE WHEN sums_1.customer IS NULL THEN 0 ELSE sums_1.i1 END END AS "orders_30d",
        CASE WHEN covered.since IS NOT NULL THEN sums_2.i2 END AS "days_since_login"
      FROM customers CROSS JOIN covered
        LEFT JOIN sums_1 ON sums_1.customer = customers.customer
        LEFT JOIN sums_2 ON sums_2.customer = customers.customer
    ),
    formulas_1 AS (
      SELECT *,
        "orders_30d" / nullif(CASE WHEN ("days_since_login") IS NOT NULL THEN greatest("days_since_login", CAST(1.0 AS DOUBLE)) END, 0) AS "per_day"
      FROM measured
    )
    SELECT customer AS customer_id,
      "per_day"
    FROM formulas_1 ORDER BY customer_id;
    "#);
}

#[test]
fn a_table_covers_from_each_sources_first_fact_and_corrections_act_in_it() {
    let catalog = catalog(&[(
        "logins_z",
        "of = { kind = \"event\", name = \"Logged In\" }\nmeasure = \"count\"\nwindow = \"1w\"\n\
         compare = { with = \"own_history\", as = \"z\", windows = 2 }\nwhen_absent = \"zero\"",
    )]);
    let sql = query(&catalog, &[], Delivery::Observed, &SqlSource::table("warehouse.facts"));
    insta::assert_snapshot!(sql.text, @r#"
    -- 截至 2025-03-01 00:00:00（Asia/Shanghai）每位客户的指标；数据不足处为 NULL。
    -- The indicators of every customer as of 2025-03-01 00:00:00 (Asia/Shanghai); NULL where unknown.
    WITH record AS (
      SELECT
        CAST(customer_id AS VARCHAR) AS customer,
        CAST(kind AS VARCHAR) AS kind,
        CAST(name AS VARCHAR) AS name,
        epoch_us(occurred_at) AS happened,
        epoch_us(known_at) AS known,
        number AS number,
        CAST(value AS DECIMAL(19,6)) AS value,
        coalesce(CAST(currency AS VARCHAR), '') AS currency,
        CAST(source AS VARCHAR) AS source,
        CAST(message_id AS VARCHAR) AS message_id,
        coalesce(CAST(supersedes AS VARCHAR), CAST(retracts AS VARCHAR)) AS target,
        CAST(retracts AS VARCHAR) AS retracts
      FROM warehouse.facts
    ),
    by_then AS (
      SELECT * FROM record WHERE happened < 1740758400000000 AND known < 1740758400000000 AND retracts IS NULL
    ),
    corrections AS (
      SELECT source, target, known, number FROM record
        WHERE known < 1740758400000000 AND target IS NOT NULL AND target <> message_id
    ),
    visible AS MATERIALIZED (
      SELECT * FROM by_then f WHERE customer IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.source = f.source AND c.target = f.message_id)
        AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.source = f.source AND c.target = f.target
          AND f.target <> f.message_id AND (c.known > f.known OR (c.known = f.known AND c.number > f.number)))
    ),
    customers AS (
      SELECT customer, min(happened) AS first_seen FROM visible GROUP BY customer
    ),
    covered AS (
      SELECT
        min(happened) FILTER (WHERE (kind = 'event' AND name = 'Logged In')) AS since_1
      FROM by_then
    ),
    facts_1 AS (
      SELECT * FROM visible
        WHERE kind = 'event' AND name = 'Logged In'
    ),
    sums_1 AS MATERIALIZED (
      SELECT customer,
        CAST(count(*) FILTER (WHERE happened >= 1740153600000000 /* 2025-02-22 00:00:00 */) AS DOUBLE) AS i1_0,
        CAST(count(*) FILTER (WHERE happened >= 1739548800000000 /* 2025-02-15 00:00:00 */ AND happened < 1740153600000000 /* 2025-02-22 00:00:00 */) AS DOUBLE) AS i1_1,
        CAST(count(*) FILTER (WHERE happened >= 1738944000000000 /* 2025-02-08 00:00:00 */ AND happened < 1739548800000000 /* 2025-02-15 00:00:00 */) AS DOUBLE) AS i1_2
      FROM facts_1 GROUP BY customer
    ),
    history_1 AS (
      SELECT customer, max(now) AS now, avg(value) AS mean, stddev_samp(value) AS deviation, count(value) AS windows,
        CAST(sum(CASE WHEN value < now THEN 2 WHEN value = now THEN 1 ELSE 0 END) AS DOUBLE) / 2 AS below
        FROM (
          SELECT customer, i1_0 AS now, i1_1 AS value FROM sums_1
          UNION ALL SELECT customer, i1_0 AS now, i1_2 AS value FROM sums_1
        ) AS earlier GROUP BY customer
    ),
    measured AS (
      SELECT customers.customer AS customer,
        CASE WHEN covered.since_1 <= 1738944000000000 /* 2025-02-08 00:00:00 */ THEN CASE WHEN history_1.deviation > 0 THEN (history_1.now - history_1.mean) / history_1.deviation END END AS "logins_z"
      FROM customers CROSS JOIN covered
        LEFT JOIN sums_1 ON sums_1.customer = customers.customer
        LEFT JOIN history_1 ON history_1.customer = customers.customer
    )
    SELECT customer AS customer_id,
      "logins_z"
    FROM measured ORDER BY customer_id;
    "#);
}

#[test]
fn what_has_no_exact_form_is_named_and_so_are_formulas_of_it() {
    let catalog = catalog(&[
        ("said", "of = { kind = \"event\" }\nmeasure = \"count\""),
        (
            "drift",
            "of = { kind = \"event\" }\nmeasure = \"count\"\nwindow = \"7d\"\ncompare = { with = \"own_history\", as = \"ewma\", windows = 12 }",
        ),
        (
            "steep",
            "of = { kind = \"event\" }\nmeasure = \"slope\"\nstep = \"1d\"\nwindow = \"9d\"\ncompare = { with = \"previous\", as = \"change\" }",
        ),
        ("worked", "of = { kind = \"event\" }\nmeasure = \"distinct_days\"\ndays = \"working\""),
        ("digits", "of = { kind = \"event\", where = { page = { matches = \"\\\\d\" } } }\nmeasure = \"count\""),
        ("kept", "of = { kind = \"event\" }\nmeasure = \"streak_days_with\"\nsince = { kind = \"order\" }"),
        ("of_it", "formula = \"said + drift\""),
        ("of_that", "formula = \"of_it / 2\""),
    ]);
    let sql = query(&catalog, &[], Delivery::Observed, &SqlSource::table("facts"));
    let left_out: Vec<&str> = sql.left_out.iter().map(|left| left.id.as_str()).collect();
    assert_eq!(left_out, ["drift", "steep", "worked", "digits", "kept", "of_it", "of_that"]);
    assert!(sql.left_out.iter().all(|left| !left.why.zh.is_empty() && !left.why.en.is_empty()));
    assert!(sql.text.contains("-- of_that: it is made of \"of_it\", which has none\n"), "{}", sql.text);
    assert!(
        sql.text.ends_with("SELECT customer AS customer_id,\n  \"said\"\nFROM measured ORDER BY customer_id;\n"),
        "{}",
        sql.text
    );
    let alone = query(&catalog, &["drift"], Delivery::Observed, &SqlSource::table("facts"));
    assert_eq!((alone.text.as_str(), alone.left_out.len()), ("", 1));
}

#[test]
fn every_shipped_definition_but_courses_in_time_has_a_form() {
    let shipped = crate::shipped::shipped();
    let sql = query(&shipped, &[], Delivery::Observed, &SqlSource::table("facts"));
    let courses: Vec<&str> = shipped
        .indicators()
        .iter()
        .filter(|one| {
            one.measured()
                .and_then(|measured| measured.compare.as_ref())
                .is_some_and(|compare| compare.against.is_course())
        })
        .map(|one| one.id.as_str())
        .collect();
    let left_out: Vec<&str> = sql.left_out.iter().map(|left| left.id.as_str()).collect();
    assert_eq!(left_out, courses);
    assert!(
        shipped
            .indicators()
            .iter()
            .filter(|one| !courses.contains(&one.id.as_str()))
            .all(|one| sql.text.contains(&format!("\"{}\"", one.id)))
    );
}
