/** A command: its name, options, help and work. */
import type { OptionSpecs, Parsed } from './arguments.ts';
import type { Exit, Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /** Raised by Ctrl+C. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly synopsis: string;
  readonly help: string;
  readonly options: OptionSpecs;
  run(parsed: Parsed, context: CommandContext): Promise<Exit>;
}

export const jsonOption = { type: 'boolean', help: 'print one JSON document and nothing else' } as const;
