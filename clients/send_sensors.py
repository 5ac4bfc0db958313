"""Sensors' own Python client, one record at a time, in lists, and its check; with an address and a key."""

import sys

import sensorsanalytics

address = f"{sys.argv[1]}/sa?project=default&token={sys.argv[2]}"


def send(consumer):
    return sensorsanalytics.SensorsAnalytics(consumer)


one = send(sensorsanalytics.DefaultConsumer(address))
for row in range(5):
    one.track("sp-1", "ViewReport", {"rows": row}, is_login_id=True)
one.track_signup("sp-2", "visitor-2")
one.close()

many = send(sensorsanalytics.BatchConsumer(address, max_size=20))
for row in range(25):
    many.track("sp-1", "ViewReport", {"rows": 100 + row}, is_login_id=True)
many.profile_set("sp-1", {"name": "王敏", "level": "金卡"}, is_login_id=True)
many.profile_increment("sp-1", {"points": 5}, is_login_id=True)
many.profile_append("sp-1", {"likes": ["a", "b"]}, is_login_id=True)
many.profile_set("sp-1", {"level": "金卡"}, is_login_id=True)
many.close()

check = send(sensorsanalytics.DebugConsumer(address, False))
check.track("sp-1", "Checked", {"rows": 1}, is_login_id=True)
check.close()
