/** `trugrade grade`: the whole pipeline on one side, on front and back, or on several captures. */
import { join } from 'node:path';
import type { Report } from '../../contract/index.ts';
import { findStandard, gradeCard, type Standard } from '../../core/grading/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { reportOnly } from '../../core/pipeline/index.ts';
import { assumptionsOf, calibrationOf } from '../calibrate/options.ts';
import { type Command, jsonOption } from '../command.ts';
import { computeOption, withCompute } from '../compute-option.ts';
import { present, runInputs, type SideOutcome, templateOption } from '../inputs.ts';
import { lightsOf, lightsOption } from '../lights-option.ts';
import { folderSink, mapFiles } from '../output-folder.ts';
import { responseOf, responseOption } from '../response-option.ts';
import { exit } from '../terminal.ts';
import { gradeText } from '../text.ts';

export const grade: Command = {
  name: 'grade',
  synopsis: 'CAPTURE… [--standard psa|bgs|sgc|cgc|tag] [--out DIR] [--template FILE] [--compute auto|cpu|gpu] [--json]',
  help: 'grades one side, or front and back of a card; several captures at once',
  options: {
    standard: { type: 'string', value: 'NAME', help: 'grading standard, psa when not given' },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'write report and maps there; one folder per capture when there are several',
    },
    'pixel-pitch-mm': { type: 'string', value: 'MM', help: 'overrides the scale of the capture' },
    encoding: { type: 'string', value: 'linear|srgb', help: 'overrides the encoding of the capture' },
    lights: lightsOption,
    compute: computeOption,
    assumptions: {
      type: 'string',
      value: 'FILE',
      help: 'JSON of what is assumed in the uncertainty, by component: halfWidth, sensitivity, distribution, basis',
    },
    calibration: {
      type: 'string',
      value: 'FILE',
      help: 'record of "trugrade calibrate scale" that the camera is under',
    },
    response: responseOption,
    template: { type: 'string', value: 'FILE', help: 'design template, for cards whose border cannot be measured' },
    json: jsonOption,
  },
  async run(parsed, context) {
    const standard = findStandard(parsed.text('standard') ?? 'psa');
    const out = parsed.text('out');
    const several = parsed.positionals.length > 1;
    const native = loadNative();
    await withCompute(parsed, native, context.signal);
    const prints = await templateOption(native, parsed.text('template'), context.signal);
    const outcomes = await runInputs(
      parsed.positionals,
      {
        native,
        prints,
        assumptions: await assumptionsOf(parsed.text('assumptions')),
        calibration: await calibrationOf(parsed.text('calibration')),
        standard,
        read: {
          pixelPitchMm: parsed.number('pixel-pitch-mm', { min: 1e-6, max: 10 }),
          encoding: parsed.choice('encoding', ['linear', 'srgb']),
          ...(await responseOf(parsed)),
        },
        lights: await lightsOf(parsed),
        mapFiles: out === undefined ? undefined : mapFiles,
        sink: (input) => (out === undefined ? reportOnly : folderSink(several ? join(out, input.name) : out)),
      },
      context,
    );
    const paired = pairSides(outcomes, standard);
    return present(paired, parsed.flag('json'), context, gradeText, (r) =>
      r.quality.needsPerson ? exit.notGraded : exit.done,
    );
  },
};

/** Puts the whole card's grade into both sides where a front and a back belong together: by card id, or as the only two. */
function pairSides(outcomes: readonly SideOutcome[], standard: Standard): SideOutcome[] {
  const reports = outcomes.flatMap((o) => ('report' in o ? [o.report] : []));
  const belong = (a: Report, b: Report) =>
    (a.cardId !== null && a.cardId === b.cardId) || (reports.length === 2 && a.cardId === null && b.cardId === null);
  return outcomes.map((outcome) => {
    if (!('report' in outcome)) return outcome;
    const { report } = outcome;
    const other = reports.find((r) => r !== report && r.side !== report.side && belong(r, report));
    if (!other) return outcome;
    const [front, back] = report.side === 'front' ? [report, other] : [other, report];
    return { report: { ...report, card: gradeCard(front.grade, back.grade, standard) } };
  });
}
