-- The definitions of sim_socialnet.toml, written by hand from the event log and the subscriptions. $folder and $as_of are
-- handed in; times are UTC.
WITH events AS (
  SELECT CAST(e.account_id AS VARCHAR) AS customer_id, t.event_type_name AS name,
         CAST($as_of AS TIMESTAMP) - CAST(e.event_time AS TIMESTAMP) AS age
  FROM read_csv($folder || '/event.csv.gz', header = true) e
  JOIN read_csv($folder || '/event_type.csv', header = true) t USING (event_type_id)
  WHERE CAST(e.event_time AS TIMESTAMP) < CAST($as_of AS TIMESTAMP)
),
contracts AS (
  SELECT CAST(account_id AS VARCHAR) AS customer_id, CAST(start_date AS TIMESTAMP) AS happened, end_date, mrr
  FROM read_csv($folder || '/subscription.csv', header = true, types = {'end_date': 'DATE', 'start_date': 'DATE'})
  WHERE CAST(start_date AS TIMESTAMP) < CAST($as_of AS TIMESTAMP)
),
everybody AS (SELECT customer_id FROM events UNION SELECT customer_id FROM contracts),
of_events AS (
  SELECT customer_id,
    count(*) FILTER (name = 'post' AND age <= INTERVAL 28 DAY) AS post_28d,
    count(*) FILTER (name = 'newfriend' AND age <= INTERVAL 28 DAY) AS newfriend_28d,
    count(*) FILTER (name = 'like' AND age <= INTERVAL 28 DAY) AS like_28d,
    count(*) FILTER (name = 'adview' AND age <= INTERVAL 28 DAY) AS adview_28d,
    count(*) FILTER (name = 'dislike' AND age <= INTERVAL 28 DAY) AS dislike_28d,
    count(*) FILTER (name = 'unfriend' AND age <= INTERVAL 28 DAY) AS unfriend_28d,
    count(*) FILTER (name = 'message' AND age <= INTERVAL 28 DAY) AS message_28d,
    count(*) FILTER (name = 'reply' AND age <= INTERVAL 28 DAY) AS reply_28d,
    count(DISTINCT CAST(ceil(epoch_us(age) / 86400e6) AS INT)) FILTER (age <= INTERVAL 30 DAY) AS active_days_30d,
    min(floor(epoch_us(age) / 86400e6)) AS days_since_event,
    count(*) FILTER (name = 'adview' AND age <= INTERVAL 28 DAY)
      / nullif(count(*) FILTER (age <= INTERVAL 28 DAY), 0) AS ad_share_28d
  FROM events GROUP BY customer_id
),
weeks AS (
  SELECT customer_id, CAST(ceil(epoch_us(age) / (7 * 86400e6)) AS INT) AS week, count(*) AS messages
  FROM events WHERE name = 'message' AND age <= INTERVAL 49 DAY GROUP BY customer_id, week
),
grid AS (
  SELECT customer_id, week, coalesce(messages, 0) AS messages
  FROM everybody CROSS JOIN range(1, 8) AS w(week) LEFT JOIN weeks USING (customer_id, week)
),
z AS (
  SELECT customer_id, (any_value(messages) FILTER (week = 1) - avg(messages) FILTER (week > 1))
    / nullif(stddev_samp(messages) FILTER (week > 1), 0) AS message_z_7d
  FROM grid GROUP BY customer_id
),
posts AS (SELECT customer_id, coalesce(post_28d, 0) AS posts FROM everybody LEFT JOIN of_events USING (customer_id)),
placed AS (
  SELECT a.customer_id,
    (count(*) FILTER (b.posts < a.posts) + 0.5 * count(*) FILTER (b.posts = a.posts)) / count(*) AS post_rank_28d
  FROM posts a CROSS JOIN posts b GROUP BY a.customer_id
),
of_contracts AS (
  SELECT customer_id, count(*) AS contracts, sum(mrr) AS paid,
    floor(epoch_us(CAST(arg_max(end_date, happened) AS TIMESTAMP) - CAST($as_of AS TIMESTAMP)) / 86400e6) AS days_until_end
  FROM contracts GROUP BY customer_id
)
SELECT customer_id,
  coalesce(post_28d, 0) AS post_28d, coalesce(newfriend_28d, 0) AS newfriend_28d, coalesce(like_28d, 0) AS like_28d,
  coalesce(adview_28d, 0) AS adview_28d, coalesce(dislike_28d, 0) AS dislike_28d,
  coalesce(unfriend_28d, 0) AS unfriend_28d, coalesce(message_28d, 0) AS message_28d,
  coalesce(reply_28d, 0) AS reply_28d, coalesce(active_days_30d, 0) AS active_days_30d, days_since_event,
  ad_share_28d, message_z_7d, post_rank_28d, coalesce(contracts, 0) AS contracts, coalesce(paid, 0) AS paid, days_until_end
FROM everybody LEFT JOIN of_events USING (customer_id) LEFT JOIN z USING (customer_id)
  LEFT JOIN placed USING (customer_id) LEFT JOIN of_contracts USING (customer_id)
