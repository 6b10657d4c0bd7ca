/** `trugrade doctor`: what this machine has, and what is missing. */
import { examine } from '../../core/doctor/index.ts';
import { type Command, jsonOption } from '../command.ts';
import { exit } from '../terminal.ts';

const marks = { ok: '✓', limited: '~', missing: '✗' } as const;

export const doctor: Command = {
  name: 'doctor',
  synopsis: '[--json]',
  help: 'says what this machine has and what is missing',
  options: { json: jsonOption },
  async run(parsed, { terminal }) {
    const found = await examine();
    if (parsed.flag('json')) terminal.out(JSON.stringify(found, null, 1));
    else {
      terminal.out(`TruGrade Workstation ${found.version}`);
      for (const item of found.items)
        terminal.out(`${marks[item.status]} ${item.name}: ${item.detail}${item.remedy ? `\n    ${item.remedy}` : ''}`);
    }
    return exit.done;
  },
};
