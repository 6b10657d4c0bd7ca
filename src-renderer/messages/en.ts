/** English, the first catalogue; its shape is the type of every other. */
import { calibrate } from './en/calibrate.ts';
import { common } from './en/common.ts';
import { desk } from './en/desk.ts';
import { gauge } from './en/gauge.ts';
import { grade } from './en/grade.ts';
import { result } from './en/result.ts';
import { sheet } from './en/sheet.ts';
import { surface } from './en/surface.ts';
import { templates } from './en/templates.ts';
import { vocabulary } from './en/vocabulary.ts';

export const en = {
  ...common,
  ...desk,
  ...vocabulary,
  calibrate,
  gauge,
  grade,
  result,
  sheet,
  surface,
  templates,
} as const;
