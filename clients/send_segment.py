"""Segment's own Python client, with an address and a write key."""

import sys
from datetime import datetime, timedelta, timezone

import segment.analytics as analytics

analytics.host, analytics.write_key = sys.argv[1], sys.argv[2]
analytics.gzip = True
troubles = []
analytics.on_error = lambda error, items: troubles.append((error, items))

earlier = datetime.now(timezone.utc) - timedelta(days=1)
analytics.identify("p-1", {"name": "王敏", "phone": "13800138000"})
analytics.group("p-2", "P-1001", {"name": "示例科技"})
for row in range(30):
    analytics.track("p-1", f"Report {row}", {"rows": row, "at": earlier}, timestamp=earlier)
analytics.page("p-1", "Docs", "Pricing")
analytics.alias("p-0", "p-1")
analytics.shutdown()
if troubles:
    sys.exit(str(troubles))
