/** Calibration of camera and scale: sheets, pictures, solving, scale, verification, drift, acceptance, records. */
export { accept, acceptanceDocument, acceptanceText, probeArtefact } from './acceptance.ts';
export {
  type CheckRule,
  type Composed,
  checkOf,
  compose,
  type Heights,
  inForce,
  makeRecord,
  sameHeights,
  stateOf,
} from './compose.ts';
export { calibrationDocuments } from './documents.ts';
export { type FileRole, fileEntry, findBoard, type Picture, withPicture } from './pictures.ts';
export { withResolution } from './png-size.ts';
export { expansionOf } from './scale.ts';
export { servedCalibrations } from './served.ts';
export { type Calibrations, createCalibrations } from './service.ts';
export { rulerMm, sheetPdf } from './sheet-pdf.ts';
export { boardName, discOf, type Sheet, sheets } from './sheets.ts';
export { guidedShots, placements, poseFor, sceneOf } from './simulated.ts';
export { driftStatus, type Mpe } from './verify.ts';
