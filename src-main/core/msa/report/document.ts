/** A report as blocks of text, tables and charts, before it becomes HTML or PDF. */
import type { Chart, MsaLevel } from '../../../contract/index.ts';

export interface ReportTable {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first column names the row; the others are figures, set to the right. */
  readonly rows: readonly { readonly cells: readonly string[]; readonly level?: MsaLevel }[];
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'verdict'; readonly level: MsaLevel; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [string, string])[] }
  | { readonly kind: 'table'; readonly table: ReportTable }
  | { readonly kind: 'chart'; readonly chart: Chart };

export interface ReportDocument {
  readonly title: string;
  /** Set when measurements came from the simulated rig; stands on every page. */
  readonly simulated: boolean;
  readonly blocks: readonly Block[];
}

/** Level in a word, beside its colour. */
export const levelWord: Readonly<Record<MsaLevel, string>> = {
  good: 'acceptable',
  conditional: 'conditional',
  unacceptable: 'not acceptable',
  notEvaluable: 'not evaluable',
};
