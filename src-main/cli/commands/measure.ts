/** `trugrade measure`: the 24-point measurement alone. */
import { findStandard } from '../../core/grading/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { reportOnly } from '../../core/pipeline/index.ts';
import { runAllCards } from '../all-cards.ts';
import { assumptionsOf, calibrationOf } from '../calibrate/options.ts';
import { type Command, jsonOption } from '../command.ts';
import { present, runInputs, templateOption } from '../inputs.ts';
import { responseOf, responseOption } from '../response-option.ts';
import { exit } from '../terminal.ts';
import { measureText } from '../text.ts';

export const measure: Command = {
  name: 'measure',
  synopsis: 'IMAGE|CAPTURE… [--pixel-pitch-mm X] [--encoding linear|srgb] [--template FILE] [--all] [--json]',
  help: 'measures border widths and centering; single images are taken as sRGB unless told otherwise',
  options: {
    'pixel-pitch-mm': { type: 'string', value: 'MM', help: 'millimetres per pixel; 600 dpi is 0.0423333' },
    encoding: { type: 'string', value: 'linear|srgb', help: 'how samples relate to light' },
    all: {
      type: 'boolean',
      help: 'measure every card of a scan or photograph of several; the JSON is always an array',
    },
    standard: { type: 'string', value: 'NAME', help: 'standard for the centering grade, psa when not given' },
    calibration: {
      type: 'string',
      value: 'FILE',
      help: 'record of "trugrade calibrate scale" that the camera is under',
    },
    assumptions: {
      type: 'string',
      value: 'FILE',
      help: 'JSON of what is assumed in the uncertainty, by component: halfWidth, sensitivity, distribution, basis',
    },
    response: responseOption,
    template: { type: 'string', value: 'FILE', help: 'design template, for cards whose border cannot be measured' },
    json: jsonOption,
  },
  async run(parsed, context) {
    const native = loadNative();
    const prints = await templateOption(native, parsed.text('template'), context.signal);
    const options = {
      native,
      prints,
      assumptions: await assumptionsOf(parsed.text('assumptions')),
      calibration: await calibrationOf(parsed.text('calibration')),
      standard: findStandard(parsed.text('standard') ?? 'psa'),
      read: {
        pixelPitchMm: parsed.number('pixel-pitch-mm', { min: 1e-6, max: 10 }),
        encoding: parsed.choice('encoding', ['linear', 'srgb']),
        ...(await responseOf(parsed)),
      },
      measureOnly: true,
    };
    const all = parsed.flag('all');
    const outcomes = all
      ? await runAllCards(parsed.positionals, options, context)
      : await runInputs(parsed.positionals, { ...options, sink: () => reportOnly }, context);
    return present(outcomes, parsed.flag('json') && (all ? 'array' : true), context, measureText, (r) =>
      r.measurement ? exit.done : exit.notGraded,
    );
  },
};
