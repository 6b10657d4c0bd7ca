"""The same photographs through OpenCV: python calibration.py LIST.json; prints rms and worst held-out length.

ChArUco corners by CharucoDetector (with its sub-pixel refinement), camera by calibrateCameraExtended, plane by
solvePnP. Pictures are 16-bit linear; OpenCV's detector takes 8 bits.
"""

import json
import sys

import cv2
import numpy as np

aruco = cv2.aruco


def board_of(columns, rows, dictionary, first):
    count = columns * rows // 2
    return aruco.CharucoBoard((columns, rows), 8.0, 6.0, aruco.getPredefinedDictionary(dictionary), np.arange(first, first + count))


camera_board = board_of(9, 12, aruco.DICT_5X5_100, 0)
artefact_board = board_of(8, 10, aruco.DICT_4X4_250, 100)


def corners(path, board):
    image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if image.dtype == np.uint16:
        image = (image / 257.0 + 0.5).astype(np.uint8)
    points, ids, _, _ = aruco.CharucoDetector(board).detectBoard(image)
    return board.getChessboardCorners()[ids.ravel()], points.reshape(-1, 2), ids.ravel(), image.shape[::-1]


given = json.load(open(sys.argv[1]))
views = [corners(path, camera_board) for path in given["views"]]
objects = [v[0].astype(np.float32) for v in views]
images = [v[1].astype(np.float32) for v in views]
rms, matrix, lens, *_ = cv2.calibrateCameraExtended(objects, images, views[0][3], None, None, flags=cv2.CALIB_FIX_K3)
plane = corners(given["plane"], camera_board)
_, rotation, shift = cv2.solvePnP(plane[0], plane[1], matrix, lens)
turn = cv2.Rodrigues(rotation)[0]
to_plane = np.linalg.inv(np.column_stack([turn[:, 0], turn[:, 1], shift[:, 0]]))


def lengths(path):
    """Measured and true distances of all corners from the first, the middle and the last one."""
    true, px, _, _ = corners(path, artefact_board)
    rays = cv2.undistortPoints(px.reshape(-1, 1, 2).astype(np.float64), matrix, lens).reshape(-1, 2)
    mm = np.column_stack([rays, np.ones(len(rays))]) @ to_plane.T
    mm = mm[:, :2] / mm[:, 2:]
    out = []
    for at in (0, len(mm) // 2, len(mm) - 1):
        for other in range(len(mm)):
            if other != at:
                out.append((np.linalg.norm(mm[other] - mm[at]), np.linalg.norm(true[other] - true[at])))
    return np.array(out)


certified = lengths(given["artefact"])
scale = (certified[:, 0] * certified[:, 1]).sum() / (certified[:, 0] ** 2).sum()
held = lengths(given["verify"])
error = np.abs(held[:, 0] * scale - held[:, 1])
print(json.dumps({"version": cv2.__version__, "rmsPx": rms, "worstMm": float(error.max()), "lengths": len(error)}))
