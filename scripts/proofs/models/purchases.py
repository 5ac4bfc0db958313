"""Models of purchases through `liuke lab btyd`, against Fader & Hardie's figures and lifetimes 0.11.3.

usage: purchases.py LIUKE DATA WORK
"""

import csv
import gzip
import json
import math
import subprocess
from pathlib import Path

from shared import tables
from shared.tables import ended, held, liuke, near

data, work = Path(tables.data), Path(tables.work)


def lab(*arguments):
    done = subprocess.run([liuke, "lab", "btyd", "--json", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        print(done.stderr)
    return json.loads(done.stdout), done.stderr


with open(work / "cdnow.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["customer", "date", "cds", "dollars"])
    for line in (data / "cdnow/CDNOW_sample.txt").read_text().splitlines():
        master, _, day, cds, dollars = line.split()
        out.writerow([master, f"{day[:4]}-{day[4:6]}-{day[6:]}", cds, dollars])
told, _ = lab("--table", work / "cdnow.csv", "--customer", "customer", "--date", "date", "--amount", "dollars",
              "--calibration-end", "1997-09-30", "--horizon", "39w", "--models", "bgnbd,mbgnbd,paretonbd,nbd",
              "--out", work / "customers.csv")
for what, key, expected in [("customers", "customers", 2357), ("repeat purchases", "repeat_purchases", 2457),
                            ("never bought again", "without_repeat", 1411)]:
    near(f"cdnow: {what}", told[key], expected, 0)
near("cdnow: greatest age", told["greatest_age"], 38.86, 5e-3)
near("cdnow: purchases in 39 weeks of holdout", told["holdout"]["purchases"], 1882, 0)
reference = {
    "bg_nbd": ([0.242593, 4.413532, 0.792886, 2.425753], -9582.4256, 1653.4, 0.7725),
    "mbg_nbd": ([0.524838, 6.182992, 0.891356, 1.613999], -9582.1327, 1576.7, 0.7728),
    "pareto_nbd": ([0.553276, 10.577613, 0.606213, 11.667907], -9594.9739, 1665.5, 0.7787),
    "nbd": ([0.384768, 12.072085], -9763.6602, None, None),
}
names = {"bg_nbd": "r alpha a b", "mbg_nbd": "r alpha a b", "pareto_nbd": "r alpha s beta", "nbd": "r alpha"}
for model, (values, log_likelihood, forecast, auc) in reference.items():
    fitted = told["models"][model]
    for name, value in zip(names[model].split(), values):
        near(f"cdnow: {model} {name}", fitted["parameters"][name]["value"], value, 0.005 * value)
    near(f"cdnow: {model} log likelihood", fitted["log_likelihood"], log_likelihood, 0.05)
    held(f"cdnow: {model} is identified", fitted["identified"], fitted["warnings"])
    if forecast:
        near(f"cdnow: {model} forecast", fitted["forecast"]["purchases"], forecast, 0.005 * forecast)
        near(f"cdnow: {model} AUC of buying again", fitted["forecast"]["auc"], auc, 1e-3)
spend = told["gamma_gamma"]["parameters"]
for name, value in [("p", 6.248802), ("q", 3.744589), ("v", 15.447750)]:
    near(f"cdnow: Gamma-Gamma {name}", spend[name]["value"], value, 0.005 * value)
near("cdnow: Gamma-Gamma log likelihood", told["gamma_gamma"]["log_likelihood"], -4055.9232, 0.05)
with open(work / "customers.csv", newline="") as file:
    first = next(csv.DictReader(file))
near("cdnow: expected purchases of the first customer", float(first["expected_purchases"]), 1.2259, 5e-3)
near("cdnow: probability alive of the first customer", float(first["probability_alive"]), 0.7266, 5e-3)
held("cdnow: value within its range", float(first["clv_low"]) <= float(first["clv"]) <= float(first["clv_high"]), first["clv"])

with gzip.open(data / "online_retail/online_retail_to_2011-08.csv.gz", "rt", newline="") as file, \
        open(work / "retail.csv", "w", newline="") as out:
    writer = csv.writer(out)
    writer.writerow(["customer", "day", "amount"])
    for row in csv.DictReader(file):
        writer.writerow([row["CustomerID"], row["InvoiceDate"], float(row["Quantity"]) * float(row["UnitPrice"])])
told, said = lab("--table", work / "retail.csv", "--customer", "customer", "--date", "day", "--amount", "amount", "--lang", "en")
fitted = told["models"]["bg_nbd"]
values = [one["value"] for one in fitted["parameters"].values()]
held("online retail: finite parameters", all(math.isfinite(value) for value in values), values)
held("online retail: says that dropout is not identified", "dropout is not identified" in said, said.splitlines()[:1])
held("online retail: finite expected purchases", math.isfinite(told["expected_purchases"]), told["expected_purchases"])

ended()
