"""LightGBM's side of bench/shap.sh: trains 500 trees of 31 leaves on 50 columns and saves it, or explains rows with it.

    lightgbm_side.py make FOLDER ROWS      model.txt and rows.bin (little-endian doubles, row after row)
    lightgbm_side.py explain FOLDER ROWS   contributions to theirs.bin; prints the CPU seconds of predicting alone
"""

import sys
import time

import lightgbm
import numpy

COLUMNS = 50
what, folder, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
if what == "make":
    chance = numpy.random.default_rng(7)
    x = chance.normal(size=(max(rows, 20000), COLUMNS))
    margin = x[:, :10] @ chance.normal(size=10) + x[:, 10] * x[:, 11] + numpy.sin(3 * x[:, 12])
    y = chance.random(len(x)) < 1 / (1 + numpy.exp(-margin))
    settings = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.05, "verbose": -1, "num_threads": 1}
    lightgbm.train(settings, lightgbm.Dataset(x, y), 500).save_model(f"{folder}/model.txt")
    x[:rows].astype("<f8").tofile(f"{folder}/rows.bin")
else:
    model = lightgbm.Booster(model_file=f"{folder}/model.txt")
    x = numpy.fromfile(f"{folder}/rows.bin", "<f8").reshape(-1, COLUMNS)[:rows]
    begun = time.process_time()
    theirs = model.predict(x, pred_contrib=True, num_threads=1)
    print(time.process_time() - begun)
    theirs.astype("<f8").tofile(f"{folder}/theirs.bin")
