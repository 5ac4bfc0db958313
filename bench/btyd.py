"""BG/NBD on 100,000 customers: how long `liuke lab btyd` and Python's lifetimes take for the fit, in one run.

usage: btyd.py LIUKE [CUSTOMERS]      (pip install lifetimes pandas)

Customers are drawn from a BG/NBD world with CDNOW's parameters, watched up to two years by the day. Both read the same
table; only the fit itself is timed (ours says it as `fit_seconds`), the median of three. The whole command is timed too.
"""

import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import summary_data_from_transaction_data

warnings.filterwarnings("ignore")
liuke = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
luck = np.random.default_rng(7)
end = pd.Timestamp("2025-12-31")
rows = []
rates = luck.gamma(0.6, 1 / 40, count)
leaves = luck.beta(0.8, 2.4, count)
ages = luck.integers(60, 730, count)
for customer in range(count):
    time_left, day = ages[customer], 0.0
    rows.append((customer, time_left))
    while True:
        day += luck.exponential(1 / rates[customer])
        if day >= time_left:
            break
        rows.append((customer, time_left - int(day)))
        if luck.random() < leaves[customer]:
            break
table = pd.DataFrame(rows, columns=["customer", "before_end"])
table["date"] = (end - pd.to_timedelta(table.before_end, unit="D")).dt.strftime("%Y-%m-%d")
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "orders.csv"
    table[["customer", "date"]].to_csv(path, index=False)
    command = [liuke, "lab", "btyd", "--table", path, "--customer", "customer", "--date", "date",
               "--calibration-end", "2025-12-31", "--unit", "d", "--json"]
    fits, wholes = [], []
    for _ in range(3):
        begun = time.perf_counter()
        told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        wholes.append(time.perf_counter() - begun)
        fits.append(told["fit_seconds"])
    ours = told["models"]["bg_nbd"]
    summary = summary_data_from_transaction_data(pd.read_csv(path), "customer", "date", observation_period_end=end)
    theirs, fitter = [], None
    for _ in range(3):
        fitter = BetaGeoFitter()
        begun = time.perf_counter()
        fitter.fit(summary.frequency, summary.recency, summary["T"])
        theirs.append(time.perf_counter() - begun)
print(f"{count} customers, {len(table)} purchases")
print(f"liuke     fit {median(fits):8.3f} s   whole command {median(wholes):8.3f} s   log likelihood {ours['log_likelihood']:.3f}")
likelihood = -fitter._negative_log_likelihood(np.log([fitter.params_[k] for k in ["r", "alpha", "a", "b"]]),
                                              summary.frequency, summary.recency, summary["T"],
                                              np.ones(len(summary)), 0.0) * len(summary)
print(f"lifetimes fit {median(theirs):8.3f} s   {fitter.params_.to_dict()}   log likelihood {likelihood:.3f}")
print(f"liuke parameters {({name: one['value'] for name, one in ours['parameters'].items()})}")
print(f"{median(theirs) / median(fits):.1f} times faster")
