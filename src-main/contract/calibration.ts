/** Calibration of camera and scale: boards, what was seen of them, the camera, the measuring plane, and the records. */
import { z } from 'zod';
import { imagePxSchema, planeMapSchema } from './mapping.ts';
import { imageIdSchema } from './report.ts';

const finite = z.number().finite();
const positive = finite.positive();

/** OpenCV's predefined dictionaries that a board may use. */
export const dictionaryNames = [
  'DICT_4X4_50',
  'DICT_4X4_100',
  'DICT_4X4_250',
  'DICT_5X5_50',
  'DICT_5X5_100',
  'DICT_5X5_250',
] as const;
export const dictionarySchema = z.enum(dictionaryNames);

export const boardSpecSchema = z.object({
  squaresX: z.int().min(3).max(40),
  squaresY: z.int().min(3).max(40),
  squareMm: positive.max(200),
  markerMm: positive.max(200),
  dictionary: dictionarySchema,
  firstMarker: z.int().min(0).max(249).default(0),
  /** OpenCV's layout before 4.6. */
  legacy: z.boolean().default(false),
});
export type BoardSpec = z.infer<typeof boardSpecSchema>;

export const cornerSchema = z.object({ id: z.int().min(0), xPx: finite, yPx: finite, stdPx: positive });

/** A board as it was found in a picture. */
export const detectionSchema = z.object({
  imagePx: imagePxSchema,
  corners: z.array(cornerSchema).max(1600),
  markers: z.int(),
  squarePx: finite,
  blurPx: finite,
  contrast: finite,
  clippedFraction: finite,
});
export type Detection = z.infer<typeof detectionSchema>;

export const coverageSchema = z.object({
  cells: z.int(),
  counts: z.array(z.int()),
  coveredFraction: finite,
  views: z.array(z.object({ tiltDeg: finite, directionDeg: finite, squarePx: finite, corners: z.int() })),
  tilted: z.int(),
  /** The next views to take, most important first; empty when the camera can be solved. */
  missing: z.array(z.string()),
  advice: z.array(z.string()),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const cameraModelSchema = z.object({
  /** fx, fy, cx, cy, px. */
  intrinsics: z.tuple([positive, positive, finite, finite]),
  /** k1, k2, p1, p2, k3. */
  distortion: z.tuple([finite, finite, finite, finite, finite]),
});

export const viewFitSchema = z.object({
  pose: z.object({
    rotation: z.tuple([
      z.tuple([finite, finite, finite]),
      z.tuple([finite, finite, finite]),
      z.tuple([finite, finite, finite]),
    ]),
    shift: z.tuple([finite, finite, finite]),
  }),
  tiltDeg: finite,
  distanceMm: finite,
  rmsPx: finite,
  worstPx: finite,
  residuals: z.array(z.object({ id: z.int(), xPx: finite, yPx: finite, dxPx: finite, dyPx: finite })),
});

export const cameraFitSchema = z.object({
  imagePx: imagePxSchema,
  camera: cameraModelSchema,
  /** Standard uncertainties (k = 1) in the order fx, fy, cx, cy, k1, k2, p1, p2, k3. */
  std: z.array(finite).length(9),
  rmsPx: finite,
  /** Over corners that took no part in an earlier solution. */
  heldOutRmsPx: finite,
  heldOut: z.int(),
  sigma0: finite,
  views: z.array(viewFitSchema),
  coverage: coverageSchema,
});
export type CameraFit = z.infer<typeof cameraFitSchema>;

export const planeFitSchema = z.object({
  map: planeMapSchema,
  pitchMm: positive,
  tiltDeg: finite,
  distanceMm: finite,
  rmsPx: finite,
  rmsMm: finite,
  worstPx: finite,
  corners: z.int(),
  spanned: z.tuple([finite, finite]),
});
export type PlaneFit = z.infer<typeof planeFitSchema>;

export const checkedLengthSchema = z.object({
  /** Corner numbers of the artefact. */
  corners: z.tuple([z.int().min(0), z.int().min(0)]),
  certifiedMm: positive.max(2000),
});
export const comparisonSchema = z.object({
  corners: z.tuple([z.int(), z.int()]),
  certifiedMm: finite,
  measuredMm: finite,
  errorMm: finite,
  directionDeg: finite,
  stdMm: finite,
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** What a certificate says of an artefact. */
export const certificateSchema = z.object({
  number: z.string().trim().min(1).max(100),
  issuedBy: z.string().trim().max(200).default(''),
  issuedOn: z.iso.date(),
  /** The day after which it is no longer valid. */
  validUntil: z.iso.date(),
  /** Expanded uncertainty of its lengths, mm. */
  expandedUncertaintyMm: finite.min(0).max(1),
  coverageFactor: positive.max(4).default(2),
  referenceTemperatureC: finite.min(-20).max(60).default(20),
  /** Linear expansion of the artefact, 1/K; glass about 8e-6, aluminium 23e-6, paper about 1e-5 along the fibre. */
  expansionPerK: finite.min(0).max(2e-4),
});
export type Certificate = z.infer<typeof certificateSchema>;

/** An artefact: a coded board whose corner distances are certified. */
export const artefactSchema = z.object({
  name: z.string().trim().min(1).max(100),
  board: boardSpecSchema,
  certificate: certificateSchema,
  /** Certified lengths; the board's own nominal ones when the certificate states a form instead of single lengths. */
  lengths: z.array(checkedLengthSchema).min(1).max(500),
});
export type Artefact = z.infer<typeof artefactSchema>;

/** Where millimetres come from. */
export const scaleSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('certified'),
    /** True mm in one mm of the board. */
    factor: positive,
    artefact: artefactSchema,
    temperatureC: finite,
    comparisons: z.array(comparisonSchema),
    /** Relative expanded uncertainty (k = 2) of the scale. */
    expandedRelative: finite.min(0),
  }),
  /** Stated, not certified: a printed board's own size, or a ruler held to it. */
  z.object({ kind: z.literal('stated'), factor: positive, note: z.string().max(300) }),
]);
export type Scale = z.infer<typeof scaleSchema>;

export const verificationSchema = z.object({
  /** Lengths of a picture that took no part in the fit, beside their true values. */
  comparisons: z.array(comparisonSchema),
  worstMm: finite,
  limitMm: finite,
  passed: z.boolean(),
});
export type Verification = z.infer<typeof verificationSchema>;

export const calibrationFileSchema = z.object({
  name: z.string(),
  role: z.enum(['view', 'plane', 'artefact', 'verify']),
  sha256: imageIdSchema,
  bytes: z.int(),
});

export const calibrationRecordSchema = z.object({
  schema: z.literal('trugrade.calibration/1'),
  id: z.string().min(1).max(100),
  name: z.string().max(100),
  /** The rig it holds for; empty for pictures from files. */
  rigId: z.string().max(100),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
  software: z.object({ version: z.string(), commit: z.string() }),
  simulated: z.boolean(),
  board: boardSpecSchema,
  camera: cameraFitSchema,
  plane: planeFitSchema,
  /** Height of a card's surface over the board's, mm. */
  surfaceAboveMm: finite,
  scale: scaleSchema,
  verification: verificationSchema,
  files: z.array(calibrationFileSchema),
});
export type CalibrationRecord = z.infer<typeof calibrationRecordSchema>;

export const calibrationSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  rigId: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
  simulated: z.boolean(),
  active: z.boolean(),
  state: z.enum(['valid', 'expiring', 'expired', 'drifted']),
  /** When the check standard was last looked at with success; the calibration's own proof counts. */
  checkedAt: z.string(),
  /** Whether that is longer ago than the settings allow. */
  checkDue: z.boolean(),
  scaleKind: z.enum(['certified', 'stated']),
  pitchMm: finite,
  heldOutRmsPx: finite,
  worstMm: finite,
});
export type CalibrationSummary = z.infer<typeof calibrationSummarySchema>;

/** One look at a check standard under the active calibration. */
export const driftCheckSchema = z.object({
  id: z.string(),
  calibrationId: z.string(),
  time: z.string(),
  actor: z.string(),
  /** Mean relative error of the standard's lengths. */
  scaleError: finite,
  worstMm: finite,
  limitMm: finite,
  status: z.enum(['ok', 'warning', 'failed']),
  comparisons: z.array(comparisonSchema),
});
export type DriftCheck = z.infer<typeof driftCheckSchema>;

export const probingSchema = z.object({
  centreMm: z.tuple([finite, finite]),
  diameterMm: finite,
  formMm: finite,
  stdMm: finite,
  points: z.int(),
});
export type Probing = z.infer<typeof probingSchema>;

/** Acceptance after ISO 10360-7 and VDI/VDE 2617-6.1: E over lengths, directions and repeats, P over 25 points. */
export const acceptanceSchema = z.object({
  schema: z.literal('trugrade.acceptance/1'),
  id: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  calibrationId: z.string(),
  simulated: z.boolean(),
  software: z.object({ version: z.string(), commit: z.string() }),
  artefact: artefactSchema,
  temperatureC: finite,
  repeats: z.int(),
  /** Maximum permissible error A + L / K: A in mm, K in mm per mm (0: none). */
  mpe: z.object({ constantMm: positive, perMm: finite.min(0) }),
  lengths: z.array(comparisonSchema.extend({ repeat: z.int(), limitMm: finite, passed: z.boolean() })),
  worstMm: finite,
  directions: z.int(),
  lengthPassed: z.boolean(),
  probing: probingSchema.extend({ limitMm: finite, passed: z.boolean() }).nullable(),
  passed: z.boolean(),
});
export type Acceptance = z.infer<typeof acceptanceSchema>;

/** Photographs of a calibration in the making. */
export const shotRoleSchema = z.enum(['view', 'plane', 'artefact', 'verify']);
export type ShotRole = z.infer<typeof shotRoleSchema>;
export const shotSchema = z.object({
  id: z.string(),
  role: shotRoleSchema,
  name: z.string(),
  detection: detectionSchema,
});
export type Shot = z.infer<typeof shotSchema>;

/** A calibration in the making; there is one at a time. */
export const calibrationDraftSchema = z.object({
  rigId: z.string(),
  simulated: z.boolean(),
  board: boardSpecSchema,
  shots: z.array(shotSchema),
  coverage: coverageSchema,
  /** Set when the camera was solved from the views as they are now. */
  camera: cameraFitSchema.nullable(),
  artefact: artefactSchema.nullable(),
  temperatureC: finite,
  composed: z
    .object({ plane: planeFitSchema, scale: scaleSchema, verification: verificationSchema, surfaceAboveMm: finite })
    .nullable(),
});
export type CalibrationDraft = z.infer<typeof calibrationDraftSchema>;

export const heightsSchema = z.object({
  boardMm: finite.min(0).max(50).default(0),
  artefactMm: finite.min(0).max(50).default(0),
  cardMm: finite.min(0).max(50).default(0),
});

/** Where a photograph of a board comes from: the draft's rig, or one uploaded picture. */
export const boardSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rig') }),
  z.object({
    kind: z.literal('upload'),
    uploadId: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/),
    encoding: z.enum(['linear', 'srgb']).default('srgb'),
  }),
]);
export type BoardSource = z.infer<typeof boardSourceSchema>;

export const calibrationDetailSchema = z.object({
  summary: calibrationSummarySchema,
  record: calibrationRecordSchema,
  drift: z.array(driftCheckSchema),
  acceptances: z.array(acceptanceSchema),
});
export type CalibrationDetail = z.infer<typeof calibrationDetailSchema>;
