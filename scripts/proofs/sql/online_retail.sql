-- The definitions of online_retail.toml, written by hand from the invoice lines: one order per invoice and customer, at the
-- time of its first line, worth the sum of its lines; invoices that begin with C are cancellations. $file and $as_of are
-- handed in; times are UTC.
WITH lines AS (
  SELECT CAST(CAST(CustomerID AS BIGINT) AS VARCHAR) AS customer_id, InvoiceNo AS invoice,
         CAST(InvoiceDate AS TIMESTAMP) AS happened, Quantity AS quantity, UnitPrice AS price
  FROM read_csv($file, header = true, all_varchar = false, types = {'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'})
  WHERE CustomerID IS NOT NULL
),
orders AS (
  SELECT customer_id, invoice, min(happened) AS happened, sum(CAST(round(quantity * price, 4) AS DECIMAL(18, 4))) AS value,
         bool_or(starts_with(invoice, 'C')) AS cancelled
  FROM lines GROUP BY customer_id, invoice
),
before AS (SELECT *, (CAST($as_of AS TIMESTAMP) - happened) AS age FROM orders WHERE happened < CAST($as_of AS TIMESTAMP)),
gaps AS (
  SELECT customer_id, epoch_us(happened - lag(happened) OVER (PARTITION BY customer_id ORDER BY happened)) / 86400e6 AS gap
  FROM before WHERE NOT cancelled
),
by_gap AS (SELECT customer_id, avg(gap) AS gap_mean, max(gap) AS gap_max FROM gaps GROUP BY customer_id)
SELECT b.customer_id,
  count(*) FILTER (NOT cancelled AND age <= INTERVAL 30 DAY) AS orders_30d,
  count(*) FILTER (NOT cancelled AND age <= INTERVAL 90 DAY) AS orders_90d,
  count(*) FILTER (cancelled AND age <= INTERVAL 90 DAY) AS cancelled_90d,
  coalesce(sum(value) FILTER (age <= INTERVAL 30 DAY), 0) AS amount_30d,
  coalesce(sum(value) FILTER (age <= INTERVAL 90 DAY), 0) AS amount_90d,
  count(DISTINCT CAST(ceil(epoch_us(age) / 86400e6) AS INT)) FILTER (NOT cancelled AND age <= INTERVAL 90 DAY) AS order_days_90d,
  min(floor(epoch_us(age) / 86400e6)) FILTER (NOT cancelled) AS days_since_order,
  max(floor(epoch_us(age) / 86400e6)) FILTER (NOT cancelled) AS days_since_first,
  avg(CAST(value AS DOUBLE)) FILTER (NOT cancelled AND age <= INTERVAL 90 DAY) AS amount_mean_90d,
  max(value) FILTER (NOT cancelled AND age <= INTERVAL 90 DAY) AS amount_max_90d,
  any_value(gap_mean) AS gap_mean,
  any_value(gap_max) AS gap_max,
  count(*) FILTER (NOT cancelled AND age <= INTERVAL 30 DAY)
    - count(*) FILTER (NOT cancelled AND age > INTERVAL 30 DAY AND age <= INTERVAL 60 DAY) AS orders_change_30d,
  CASE WHEN count(*) FILTER (NOT cancelled AND age > INTERVAL 30 DAY AND age <= INTERVAL 60 DAY) > 0 THEN
    count(*) FILTER (NOT cancelled AND age <= INTERVAL 30 DAY)
      / count(*) FILTER (NOT cancelled AND age > INTERVAL 30 DAY AND age <= INTERVAL 60 DAY) END AS orders_ratio_30d
FROM before b LEFT JOIN by_gap USING (customer_id)
GROUP BY b.customer_id
