"""Survival curves and Cox's model through `liuke lab survival`, against lifelines 0.30.3 and published figures.

usage: survival.py LIUKE DATA WORK
"""

import csv
import json
import subprocess
from pathlib import Path

from shared import tables
from shared.tables import ended, liuke, near

data, work = Path(tables.data), Path(tables.work)


def lab(*arguments, status=(0, 3)):
    done = subprocess.run([liuke, "lab", "survival", "--json", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in status:
        print(done.stderr)
        return None
    return json.loads(done.stdout)


telco = data / "telco/Telco-Customer-Churn.csv"
told = lab("--table", telco, "--duration", "tenure", "--event", "Churn", "--group", "Contract", "--at", "1,12,24,48,60,72")
shares = [point["survival"] for point in told["kaplan_meier"]["at"]]
for share, expected in zip(shares, [0.9460, 0.843200, 0.788736, 0.708840, 0.6644, 0.592790]):
    near("telco: share staying", share, expected, 5e-5)
month = next(group for group in told["groups"] if group["group"] == "Month-to-month")
near("telco: month-to-month median", month["median"], 35, 0)
near("telco: month-to-month S(12)", month["at"][1]["survival"], 0.7031, 5e-5)
near("telco: log-rank by contract", told["log_rank"]["statistic"], 2352.87, 5e-3)

with open(telco, newline="") as file:
    rows = [row for row in csv.DictReader(file) if int(row["tenure"]) > 0]
yes = lambda row, column, value="Yes": int(row[column] == value)
columns = {
    "SeniorCitizen": lambda row: int(row["SeniorCitizen"]),
    "Partner": lambda row: yes(row, "Partner"),
    "Dependents": lambda row: yes(row, "Dependents"),
    "Fiber": lambda row: yes(row, "InternetService", "Fiber optic"),
    "NoInternet": lambda row: yes(row, "InternetService", "No"),
    "OneYear": lambda row: yes(row, "Contract", "One year"),
    "TwoYear": lambda row: yes(row, "Contract", "Two year"),
    "Paperless": lambda row: yes(row, "PaperlessBilling"),
    "Electronic": lambda row: yes(row, "PaymentMethod", "Electronic check"),
    "Mailed": lambda row: yes(row, "PaymentMethod", "Mailed check"),
    "OnlineSecurity": lambda row: yes(row, "OnlineSecurity"),
    "TechSupport": lambda row: yes(row, "TechSupport"),
    "MonthlyCharges": lambda row: float(row["MonthlyCharges"]),
}
with open(work / "telco13.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["tenure", "left", *columns])
    for row in rows:
        out.writerow([row["tenure"], yes(row, "Churn"), *(of(row) for of in columns.values())])
cox = lab("--table", work / "telco13.csv", "--duration", "tenure", "--event", "left", "--covariates", "all", "--folds", 5)["cox"]
near("telco: 13 covariates, partial log likelihood", cox["log_likelihood"], -13985.481, 5e-4)
near("telco: in-sample C", cox["concordance"], 0.8575, 5e-5)
near("telco: C over 5 folds", cox["cross_validated"]["concordance"], 0.857, 1.5e-3)
# TotalCharges is MonthlyCharges times tenure: the duration itself, and no covariate.
others = [name for name in rows[0] if name not in ("customerID", "tenure", "Churn", "TotalCharges")]
everything = lab("--table", telco, "--duration", "tenure", "--event", "Churn", "--covariates", ",".join(others),
                 "--penalty", 0.01, "--folds", 5)["cox"]
near("telco: all covariates, penalty .01, C over 5 folds", everything["cross_validated"]["concordance"], 0.864, 3e-3)

rossi = lab("--table", data / "survival/rossi.csv", "--duration", "week", "--event", "arrest",
            "--covariates", "fin,age,race,wexp,mar,paro,prio")["cox"]
reference = {
    "fin": (-0.379422, 0.191379), "age": (-0.057438, 0.021999), "race": (0.313900, 0.307993),
    "wexp": (-0.149796, 0.212224), "mar": (-0.433704, 0.381868), "paro": (-0.084871, 0.195757),
    "prio": (0.091497, 0.028649),
}
for one in rossi["coefficients"]:
    near(f"rossi: {one['name']}", one["coefficient"], reference[one["name"]][0], 1e-5)
    near(f"rossi: standard error of {one['name']}", one["standard_error"], reference[one["name"]][1], 1e-5)
near("rossi: partial log likelihood", rossi["log_likelihood"], -658.747659, 1e-5)
near("rossi: C", rossi["concordance"], 0.640329, 1e-6)
tests = {one["name"]: one["proportionality"]["statistic"] for one in rossi["coefficients"]}
near("rossi: proportionality of age", tests["age"], 11.45, 5e-3)
near("rossi: proportionality of wexp", tests["wexp"], 7.31, 5e-3)

months = lab("--table", data / "pysurvival/churn.csv", "--duration", "months_active", "--event", "churned",
             "--covariates", "all", "--at", "3,6,12", "--folds", 5)
for point, expected in zip(months["kaplan_meier"]["at"], [0.6133, 0.4778, 0.2436]):
    near("pysurvival: share staying", point["survival"], expected, 5e-5)
near("pysurvival: C over 5 folds", months["cox"]["cross_validated"]["concordance"], 0.868, 3e-3)

ended()
