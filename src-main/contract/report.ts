/** `trugrade.report/1`: everything that is said about one graded side, and about a card of two sides. */
import { z } from 'zod';
import { budgetSchema } from './budget.ts';
import { appErrorSchema } from './errors.ts';
import { cardSideSchema, pointMmSchema, pointPxSchema, sideSchema } from './geometry.ts';
import { appliedCalibrationSchema } from './mapping.ts';
import { noGradeSchema } from './noGrade.ts';
import { cornerReadingSchema, edgeReadingSchema } from './rim.ts';

export const stageNames = [
  'acquisition',
  'preprocessing',
  'segmentation',
  'referencePoints',
  'refinement',
  'measurement',
  'quality',
  'output',
] as const;
export const stageNameSchema = z.enum(stageNames);
export type StageName = z.infer<typeof stageNameSchema>;

export const checkStatusSchema = z.enum(['ok', 'warning', 'failed']);
export const qualityCheckSchema = z.object({
  name: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  unit: z.string().optional(),
  status: checkStatusSchema,
  /** For a person, when the status is not ok. */
  message: z.string().optional(),
});
export type QualityCheck = z.infer<typeof qualityCheckSchema>;

/** `fallback`: a second-best way was taken; `person`: a person has to look; `skipped`: not applicable, the note says why. */
export const stageStatusSchema = z.enum(['ok', 'fallback', 'person', 'skipped', 'failed']);
export const stageReportSchema = z.object({
  stage: stageNameSchema,
  status: stageStatusSchema,
  ms: z.number(),
  checks: z.array(qualityCheckSchema),
  note: z.string().optional(),
});
export type StageReport = z.infer<typeof stageReportSchema>;

export const measuredPointSchema = z.object({
  edge: sideSchema,
  index: z.int().min(1).max(7),
  widthMm: z.number().nullable(),
  /** Expanded uncertainty, k = 2. */
  uncertaintyMm: z.number().nullable(),
  widthPx: z.number().nullable(),
  uncertaintyPx: z.number().nullable(),
  /** `ok`, or why not: `noBorder`, `ambiguous`, `noEdge`, `blurred`, `outOfImage`. */
  status: z.string(),
  reason: z.string().nullish(),
  outer: pointPxSchema.nullable(),
  border: pointPxSchema.nullable(),
  method: z.string(),
});
export type MeasuredPoint = z.infer<typeof measuredPointSchema>;

const perSide = <T extends z.ZodType>(value: T) => z.object({ left: value, right: value, top: value, bottom: value });

export const sideStatusSchema = z.object({
  measured: z.boolean(),
  reason: z.string().nullish(),
  template: z.string().optional(),
  /**
   * Only where no corner of a frame was seen (no two sides that meet both have a border along most of them): a border,
   * or a bar of a borderless design. A person or a template answers; absent elsewhere and in older reports.
   */
  frame: z.enum(['inQuestion', 'confirmed', 'declined']).optional(),
});
/** What a person says of all boundaries in question. */
export const bordersAnswerSchema = z.enum(['border', 'bar']);
export type BordersAnswer = z.infer<typeof bordersAnswerSchema>;

const ratio = z.tuple([z.number(), z.number()]);
const axisSchema = z.enum(['leftRight', 'topBottom']);
/** `template`: the border was not measured, a registered print layout stands in. */
const centeringSourceSchema = z.enum(['border', 'template']);
export const centeringSchema = z.object({
  leftRight: ratio.nullable(),
  topBottom: ratio.nullable(),
  /** Where each axis comes from; absent in reports where all come from the border. */
  from: z.object({ leftRight: centeringSourceSchema, topBottom: centeringSourceSchema }).optional(),
  /** Expanded uncertainty (k = 2) of the larger share, percentage points, the worse of the two axes. */
  uncertaintyPp: z.number().nullable(),
  leftRightUncertaintyPp: z.number().nullable(),
  topBottomUncertaintyPp: z.number().nullable(),
  /** The worst ratio of facing single stations; what a diamond cut is judged by. */
  worstStation: z.object({ axis: z.enum(['leftRight', 'topBottom']), index: z.int(), ratio }).nullable(),
});
export type Centering = z.infer<typeof centeringSchema>;

/** A print registered to a design template: shift and turn against the cut. Lengths in mm, uncertainties expanded (k = 2). */
export const printMatchSchema = z.object({
  template: z.object({
    id: z.string(),
    name: z.string(),
    set: z.string(),
    /** SHA-256 of the template's file. */
    content: z.string(),
    chosen: z.enum(['recognised', 'person']),
    /** The nominal frame is not symmetric, so that its borders' ratio is not its centering. */
    asymmetric: z.boolean(),
  }),
  /** Print against nominal, positive right and down. */
  shiftMm: ratio,
  /** Everything, the template's own reference included. */
  uncertaintyMm: ratio,
  /** This capture alone. */
  repeatabilityMm: ratio,
  rotationDeg: z.number(),
  rotationUncertaintyDeg: z.number(),
  scale: z.number(),
  /** Median correlation of the anchors in place. */
  score: z.number(),
  /** Share of the design's fields that look alike on the card. */
  likeness: z.number(),
  inliers: z.int(),
  residualMm: z.number(),
  sizeMm: ratio,
  anchors: z.array(
    z.object({
      id: z.string(),
      nominalPx: ratio,
      px: ratio.nullable(),
      residualMm: ratio.nullable(),
      stdMm: z.number().nullable(),
      ncc: z.number().nullable(),
      used: z.boolean(),
      reason: z.string().nullable(),
    }),
  ),
  /** What the shift means against the design's nominal margins; null when it has none. */
  equivalent: z
    .object({
      widthsMm: perSide(z.number()),
      leftRight: ratio,
      topBottom: ratio,
      leftRightUncertaintyPp: z.number(),
      topBottomUncertaintyPp: z.number(),
      worstStation: z.object({ axis: axisSchema, index: z.int(), ratio }),
    })
    .nullable(),
});
export type PrintMatch = z.infer<typeof printMatchSchema>;

export const measurementSchema = z.object({
  pixelPitchMm: z.number().nullable(),
  /** Always 24: left 1..7, right 1..7, top 1..5, bottom 1..5. */
  points: z.array(measuredPointSchema).length(24),
  meanMm: perSide(z.number().nullable()),
  meanPx: perSide(z.number().nullable()),
  sides: perSide(sideStatusSchema),
  centering: centeringSchema,
  sizeMm: z.object({ width: z.number(), height: z.number() }).nullable(),
  sizePx: z.object({ width: z.number(), height: z.number() }),
  cardAngleDeg: z.number(),
  printTiltDeg: z.number().nullable(),
  /** Outer edge and graphic border as polygons for overlays, px; corner order top-left, clockwise. */
  outline: z.object({
    corners: z.array(pointPxSchema).length(4),
    cornerRadiusPx: z.number().nullable(),
    /** All corners together; the nominal radius is 0, 3.0 or 3.175 mm where exactly one agrees. Absent without a scale. */
    cornerRadius: z
      .object({ radiusMm: z.number(), uncertaintyMm: z.number(), nominalMm: z.number().nullable() })
      .nullish(),
    edges: perSide(z.array(pointPxSchema)),
    border: perSide(z.array(pointPxSchema).nullable()),
  }),
  method: z.string().optional(),
  /** Set when a design template was registered to the card. */
  print: printMatchSchema.nullish(),
  /** Where every U comes from; absent in reports of earlier versions. */
  budget: budgetSchema.nullish(),
});
export type Measurement = z.infer<typeof measurementSchema>;

export const defectKinds = [
  'scratch',
  'dent',
  'crease',
  'stain',
  'printLine',
  'printDot',
  'edgeWhitening',
  'cornerWear',
  'roughness',
] as const;
export const defectKindSchema = z.enum(defectKinds);
export type DefectKind = z.infer<typeof defectKindSchema>;

export const defectSchema = z.object({
  id: z.string(),
  kind: defectKindSchema,
  polygonMm: z.array(pointMmSchema),
  bboxMm: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  polygonPx: z.array(z.tuple([z.number(), z.number()])),
  areaMm2: z.number(),
  lengthMm: z.number(),
  widthMm: z.number(),
  depthMm: z.number().nullable(),
  /** Standard uncertainty (k = 1) of the depth; absent in reports of earlier versions. */
  depthUncertaintyMm: z.number().nullish(),
  severity: z.number().min(0).max(1),
  confidence: z.number().min(0).max(1),
  /** The maps that show it. */
  evidence: z.array(z.string()),
  signalToNoise: z.number(),
});
export type Defect = z.infer<typeof defectSchema>;

/** Verdict at a standard's limit: three-valued, as measurements are not exact. */
export const verdictSchema = z.enum(['pass', 'insideUncertainty', 'fail']);

/** One grade of a standard held against the measured centering. */
export const verdictStepSchema = z.object({
  grade: z.number(),
  label: z.string(),
  /** Limits of the better and of the worse axis, percent. */
  limits: ratio,
  verdict: verdictSchema,
  /** Probability that the true shares keep the limits (JCGM 106). */
  probability: z.number().min(0).max(1),
  /** What keeps the limits least surely. */
  decidedBy: z.object({
    axis: axisSchema,
    /** Null where the mean of the sides decides. */
    station: z.int().nullable(),
    /** The larger share, percent. */
    share: z.number(),
    uncertaintyPp: z.number(),
    limit: z.number(),
  }),
});

/** Centering against one standard. */
export const standardVerdictSchema = z.object({
  standard: z.string(),
  name: z.string(),
  version: z.string(),
  effective: z.string().nullable(),
  source: z.string(),
  judgedBy: z.enum(['mean', 'worstEnd']),
  /** The guard band is this many standard uncertainties. */
  guardBandK: z.number(),
  /** The best grade that passes for sure; null when none does. */
  best: verdictStepSchema.nullable(),
  /** The next better one, which does not. */
  next: verdictStepSchema.nullable(),
  /** Every published grade, best first; empty when the centering was not measured. */
  steps: z.array(verdictStepSchema),
});
export type StandardVerdict = z.infer<typeof standardVerdictSchema>;

/** One thing that cost the grade, worst first. */
export const costSchema = z.object({
  subgrade: z.enum(['centering', 'corners', 'edges', 'surface']),
  rule: z.string(),
  text: z.string(),
  points: z.number(),
  defectId: z.string().optional(),
  place: z.string().optional(),
  /** What the overall would have been without it; null when it cannot be said. */
  overallWithout: z.number().nullable(),
});
export type Cost = z.infer<typeof costSchema>;

export const subgradesSchema = z.object({
  centering: z.number().nullable(),
  corners: z.number().nullable(),
  edges: z.number().nullable(),
  surface: z.number().nullable(),
});
export type Subgrades = z.infer<typeof subgradesSchema>;

export const gradeSchema = z.object({
  standard: z.string(),
  standardVersion: z.string(),
  rulesVersion: z.string(),
  subgrades: subgradesSchema,
  scores1000: subgradesSchema,
  overall: z.number().nullable(),
  label: z.string().nullable(),
  score1000: z.number().nullable(),
  limitedBy: z.array(z.enum(['centering', 'corners', 'edges', 'surface'])),
  centeringVerdict: z
    .object({
      forGrade: z.number(),
      verdict: verdictSchema,
      nextGrade: z.number().nullable(),
      nextVerdict: verdictSchema.nullable(),
    })
    .nullable(),
  costs: z.array(costSchema),
  qualifiers: z.array(z.string()),
  /** The code that forbids a grade; absent in reports of earlier versions. */
  noGrade: noGradeSchema.nullish(),
  /** Why there is no grade, when there is none. */
  reason: z.string().nullable(),
});
export type Grade = z.infer<typeof gradeSchema>;

/** Both sides as one card: the worse of front and back in each category, by the standard's overall rule. */
export const cardGradeSchema = z.object({
  standard: z.string(),
  front: subgradesSchema,
  back: subgradesSchema,
  subgrades: subgradesSchema,
  overall: z.number().nullable(),
  score1000: z.number().nullable(),
});
export type CardGrade = z.infer<typeof cardGradeSchema>;

/** Content ids (SHA-256, hex) of pictures to look at; fetched by `GET /images/<id>`. */
export const imageIdSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const viewNames = ['photo', 'albedo', 'normals', 'gloss', 'curvature', 'height', 'residual'] as const;
export const viewNameSchema = z.enum(viewNames);
export type ViewName = z.infer<typeof viewNameSchema>;
export const viewSchema = z.object({
  name: viewNameSchema,
  image: imageIdSchema,
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
});

/** The calibration that a side was measured under, and whether a check stood behind it at that moment. */
export const calibrationStandingSchema = z.object({
  id: z.string(),
  checkedAt: z.string(),
  /** Hours that a check holds, by the settings of then. */
  checkHours: z.number(),
  checkValid: z.boolean(),
});

export const reportSchema = z.object({
  schema: z.literal('trugrade.report/1'),
  capture: z.string(),
  side: cardSideSchema,
  cardId: z.string().nullable(),
  simulated: z.boolean(),
  linear: z.boolean(),
  createdAt: z.string(),
  software: z.object({ version: z.string(), commit: z.string() }),
  measurement: measurementSchema.nullable(),
  /** Absent without a calibration record, and in reports of earlier programs. */
  calibration: calibrationStandingSchema.nullish(),
  /** Absent where the pixel pitch alone made mm of pixels, and in reports of earlier programs. */
  mapping: appliedCalibrationSchema.nullish(),
  /** File names beside the report when `--out` was given; null where photometric stereo was not possible. */
  photometric: z
    .object({
      normals: z.string().nullable(),
      albedo: z.string().nullable(),
      height: z.string().nullable(),
      gloss: z.string().nullable(),
      method: z.string(),
      unknownFraction: z.number(),
      medianResidual: z.number(),
      lights: z.int(),
      /** The calibration of the lights that stood in for what the capture says of them. */
      lightsId: z.string().nullish(),
    })
    .nullable(),
  surface: z
    .object({
      defects: z.array(defectSchema),
      judgedFraction: z.number(),
      foilFraction: z.number(),
      notes: z.array(z.string()),
    })
    .nullable(),
  corners: z
    .object({
      topLeft: cornerReadingSchema,
      topRight: cornerReadingSchema,
      bottomRight: cornerReadingSchema,
      bottomLeft: cornerReadingSchema,
    })
    .nullable(),
  edges: perSide(edgeReadingSchema).nullable(),
  grade: gradeSchema,
  /** Centering against every standard; empty in reports of earlier programs. */
  verdicts: z.array(standardVerdictSchema).default([]),
  /** Set when the other side of the same card was graded with this one. */
  card: cardGradeSchema.nullable().default(null),
  quality: z.object({ stages: z.array(stageReportSchema), needsPerson: z.boolean(), warnings: z.array(z.string()) }),
  error: appErrorSchema.nullable(),
  timingMs: z.object({ decode: z.number(), total: z.number() }),
});
export type Report = z.infer<typeof reportSchema>;
