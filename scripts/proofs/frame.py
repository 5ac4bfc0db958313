"""Our model beside LightGBM on the very same rows: `liuke train --frame` writes what was learnt from and judged by.

usage: frame.py LIUKE FOLDER [--trials N] [--minutes M]

FOLDER holds `data`, a folder with facts, and `world/truth`. Both learn from the rows marked `learn`, `between` and `weigh` and
are judged on those marked `judge`, the last months. LightGBM may use every indicator, with its defaults (100 trees of 31 leaves), and with
`--trials` what Optuna finds best on the `weigh` rows, learning from 100,000 of the `learn` rows, each trial with the number of trees
that does best there; it then learns from all. With `--minutes` the search ends by then, and how many trials there were is said.
Needs numpy, pyarrow, lightgbm, scikit-learn, and optuna for a search.
"""
import argparse
import os
import pty
import re
import resource
import subprocess
import sys
import threading
import time

import lightgbm
import numpy as np
import pyarrow.parquet as pq

from health import auc

HORIZON = 90
HORIZONS = (30, 60, 90, 180)
LOSS = 1.005
TIMES = 11
GIBIBYTES = 4
AUC = 0.003
SEARCHED = 100_000
SEED = 1
# A trial grows so many trees at most, and stops after so many without a better loss.
MOST_TREES = 800
TREES_WITHOUT_GAIN = 25


def log_loss(said, left):
    said = np.clip(said, 1e-15, 1 - 1e-15)
    return -np.mean(np.where(left, np.log(said), np.log(1 - said)))


def train(liuke, folder):
    """Trains as a person does at a terminal: the bar says when the frame stood (30 of 100) and when all was fitted (92)."""
    command = [liuke, "--lang", "en", "train", "--data", f"{folder}/data", "--churn", "saas_contract", "--horizon",
               f"{HORIZON}d", "--as-of", "2026-01-01", "--frame", f"{folder}/rows.parquet", "--out", f"{folder}/judged.parquet"]
    ours, theirs = pty.openpty()
    passed, said, begun = {}, bytearray(), time.monotonic()
    child = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)

    def watch():
        try:
            while some := os.read(ours, 4096):
                said.extend(some)
                for done in re.findall(rb"(\d+)/100\b", some):
                    passed.setdefault(int(done), time.monotonic() - begun)
        except OSError:
            pass

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = child.wait()
    took = time.monotonic() - begun
    watcher.join()
    if status != 0:
        sys.exit(f"liuke train: exit status {status}: {said.decode(errors='replace')}")
    at = lambda part: min((when for done, when in passed.items() if done >= part), default=took)
    return took, at(92) - at(30), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20


class Rows:
    def __init__(self, file):
        table = pq.read_table(file)
        told = [f"left_{days}d" for days in HORIZONS]
        names = [name for name in table.column_names if name not in ("customer_id", "as_of", "fold", *told)]
        self.x = np.column_stack([table[name].to_numpy(zero_copy_only=False) for name in names])
        self.left = {days: table[f"left_{days}d"].to_numpy(zero_copy_only=False) for days in HORIZONS}
        self.fold = np.array(table["fold"].to_pylist(), dtype=object)
        self.names = names

    def of(self, *folds, days=HORIZON):
        places = np.flatnonzero(np.isin(self.fold, folds) & ~np.isnan(self.left[days].astype(float)))
        return places, self.left[days][places].astype(bool)


def fit(rows, places, left, **options):
    model = lightgbm.LGBMClassifier(random_state=SEED, verbosity=-1, n_jobs=os.cpu_count(), **options)
    begun = time.monotonic()
    model.fit(rows.x[places], left)
    return model, time.monotonic() - begun


def searched(rows, trials, minutes):
    """What Optuna finds: learnt from 100,000 rows, judged on the months that weigh; and after how many trials."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    learn, left = rows.of("learn")
    chosen = np.random.default_rng(SEED).permutation(len(learn))[:SEARCHED]
    weigh, came = rows.of("weigh")
    given = {"feature_pre_filter": False, "verbosity": -1, "num_threads": os.cpu_count()}
    known = lightgbm.Dataset(rows.x[learn[chosen]], left[chosen].astype(int), params=given).construct()
    held = known.create_valid(rows.x[weigh], came.astype(int)).construct()

    def loss(trial):
        asked = dict(
            objective="binary",
            metric="binary_logloss",
            seed=SEED,
            learning_rate=trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
            num_leaves=trial.suggest_int("num_leaves", 4, 128, log=True),
            min_child_samples=trial.suggest_int("min_child_samples", 5, 300, log=True),
            reg_lambda=trial.suggest_float("reg_lambda", 1e-3, 50, log=True),
            reg_alpha=trial.suggest_float("reg_alpha", 1e-3, 10, log=True),
            colsample_bytree=trial.suggest_float("colsample_bytree", 0.3, 1),
            subsample=trial.suggest_float("subsample", 0.5, 1),
            subsample_freq=1,
        )
        stop = lightgbm.early_stopping(TREES_WITHOUT_GAIN, verbose=False)
        grown = lightgbm.train({**given, **asked}, known, num_boost_round=MOST_TREES, valid_sets=[held], callbacks=[stop])
        trial.set_user_attr("trees", grown.best_iteration)
        return grown.best_score["valid_0"]["binary_logloss"]

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=SEED))
    study.optimize(loss, n_trials=trials, timeout=minutes * 60 if minutes else None)
    options = {**study.best_params, "subsample_freq": 1, "n_estimators": study.best_trial.user_attrs["trees"]}
    return options, len(study.trials)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("liuke")
    asked.add_argument("folder")
    asked.add_argument("--trials", type=int, default=0)
    asked.add_argument("--minutes", type=float, default=0)
    asked = asked.parse_args()
    passed = failed = 0

    def check(ok, line):
        nonlocal passed, failed
        passed, failed = passed + bool(ok), failed + (not ok)
        print(f"{'ok' if ok else 'FAILED'}: {line}", flush=True)

    whole, fitting, memory = train(asked.liuke, asked.folder)
    rows = Rows(f"{asked.folder}/rows.parquet")
    judge, left = rows.of("judge")
    judged = pq.read_table(f"{asked.folder}/judged.parquet", columns=[f"p_{HORIZON}d", f"left_{HORIZON}d"])
    ours = judged[f"p_{HORIZON}d"].to_numpy()
    check(len(ours) == len(judge) and (judged[f"left_{HORIZON}d"].to_numpy() == left).all(),
          f"{len(rows.fold)} rows of {len(rows.names)} indicators; the {len(judge)} judged by are the same, {left.sum()} left")
    our_loss, our_auc = log_loss(ours, left), auc(ours, left)
    print(f"ours: log loss {our_loss:.5f}, AUC {our_auc:.4f}; {whole:.1f} s with reading the facts, {fitting:.1f} s to learn"
          f" {len(HORIZONS)} horizons from the frame; {memory:.2f} GiB")

    their_time, default = 0.0, None
    for days in HORIZONS:
        places, came = rows.of("learn", "between", "weigh", days=days)
        model, took = fit(rows, places, came)
        their_time += took
        default = model if days == HORIZON else default
    said = default.predict_proba(rows.x[judge])[:, 1]
    their_loss, their_auc = log_loss(said, left), auc(said, left)
    print(f"LightGBM with its defaults: log loss {their_loss:.5f}, AUC {their_auc:.4f}; {their_time:.1f} s for as many horizons")
    check(our_loss <= LOSS * their_loss, f"log loss {our_loss / their_loss:.4f} of LightGBM's with its defaults, {LOSS} asked for")
    check(fitting <= TIMES * their_time, f"learnt in {fitting / their_time:.1f} times LightGBM's time, {TIMES} asked for")
    check(memory <= GIBIBYTES, f"{memory:.2f} GiB, {GIBIBYTES} asked for")
    if asked.trials > 0:
        options, trials = searched(rows, asked.trials, asked.minutes)
        places, came = rows.of("learn", "between", "weigh")
        model, took = fit(rows, places, came, **options)
        said = model.predict_proba(rows.x[judge])[:, 1]
        best_loss, best_auc = log_loss(said, left), auc(said, left)
        print(f"LightGBM after {trials} trials: log loss {best_loss:.5f}, AUC {best_auc:.4f}; {took:.1f} s for one horizon; {options}")
        check(our_loss <= LOSS * best_loss, f"log loss {our_loss / best_loss:.4f} of it, {LOSS} asked for")
        check(our_auc >= best_auc - AUC, f"AUC {our_auc - best_auc:+.4f} beside it, {-AUC} asked for")
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main() > 0)
