"""Edge points of public detectors: python edges.py LIST.json OUT.json; integer coordinates are pixel centres in all.

Each detector gets the stored samples as float, scaled to 0..255, and settings that suit one strong straight edge.
"""

import json
import sys

import cv2
import numpy as np

# subpixel-edges 0.1.1 still spells the aliases that numpy removed in 1.24.
for alias, kind in (("int", int), ("bool", bool), ("float", float)):
    if alias not in np.__dict__:
        setattr(np, alias, kind)


def find_contours(image):
    from skimage.filters import gaussian
    from skimage.measure import find_contours as contours

    level = (np.percentile(image, 2) + np.percentile(image, 98)) / 2
    smooth = gaussian(image, 1.0, preserve_range=True)
    return np.concatenate([c[:, ::-1] for c in contours(smooth, level)])


def partial_area(image, iterations):
    from subpixel_edges import subpixel_edges

    found = subpixel_edges(image, 25, iterations, 2)
    return np.stack([found.x, found.y], 1)


def canny_parabola(image):
    smooth = cv2.GaussianBlur(image, (0, 0), 1.0)
    gx, gy = cv2.Sobel(smooth, cv2.CV_64F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_64F, 0, 1) / 8
    strength = np.hypot(gx, gy)
    canny = cv2.Canny(np.round(smooth).astype(np.uint8), 40, 80, L2gradient=True)
    points = []
    for y, x in np.argwhere(canny > 0):
        n = np.array([gx[y, x], gy[y, x]]) / max(strength[y, x], 1e-12)
        at = np.array([[x, y]] * 3, np.float32) + np.outer([-1, 0, 1], n).astype(np.float32)
        a, b, c = cv2.remap(strength, at[None, :, 0], at[None, :, 1], cv2.INTER_LINEAR).ravel()
        if a - 2 * b + c < 0:
            points.append(np.array([x, y]) + n * np.clip(0.5 * (a - c) / (a - 2 * b + c), -1, 1))
    return np.array(points)


detectors = {
    "subpixel-edges it0": lambda image: partial_area(image, 0),
    "subpixel-edges it1": lambda image: partial_area(image, 1),
    "find_contours": find_contours,
    "OpenCV Canny + parabola": canny_parabola,
}
answers = {name: [] for name in detectors}
for path in json.load(open(sys.argv[1])):
    stored = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    image = stored.astype(float) * (255 / np.iinfo(stored.dtype).max)
    for name, detect in detectors.items():
        try:
            answers[name].append(np.asarray(detect(image), float).reshape(-1, 2).tolist())
        except Exception as error:  # a peer that breaks is reported beside the others
            answers[name].append(f"{type(error).__name__}: {error}")
json.dump(answers, open(sys.argv[2], "w"))
