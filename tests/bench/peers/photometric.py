"""Normals of a capture by numpy alone: python photometric.py CAPTURE OUT.npy least-squares|drop"""

import json
import pathlib
import sys

import cv2
import numpy as np

folder, out, method = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
capture = json.loads((folder / "capture.json").read_text())
lights = capture["lights"]
directions = np.array([light["direction"] for light in lights], float)
directions /= np.linalg.norm(directions, axis=1, keepdims=True)


def grey(light):
    image = cv2.imread(str(folder / light["file"]), cv2.IMREAD_UNCHANGED).astype(float)
    image = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, 2)
    return (image[:, :, ::-1] / np.broadcast_to(light["intensity"], 3)).mean(2)


frames = np.stack([grey(light) for light in lights])
height, width = frames.shape[1:]
samples = frames.reshape(len(lights), -1)
weights = np.ones_like(samples)
if method == "drop":
    order = samples.argsort(0)
    dark, bright = max(1, round(0.2 * len(lights))), max(1, round(0.1 * len(lights)))
    np.put_along_axis(weights, order[:dark], 0, 0)
    np.put_along_axis(weights, order[-bright:], 0, 0)
normal = np.einsum("kp,ki,kj->pij", weights, directions, directions)
right = np.einsum("kp,ki,kp->pi", weights, directions, samples)
solved = np.linalg.solve(normal + 1e-9 * np.eye(3), right[:, :, None])[:, :, 0]
solved /= np.maximum(np.linalg.norm(solved, axis=1, keepdims=True), 1e-12)
np.save(out, solved.reshape(height, width, 3).astype(np.float32))
