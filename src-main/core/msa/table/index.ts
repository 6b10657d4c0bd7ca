/** Tables of measurements: CSV in, typed readings out. */
export type { ColumnChoice, ColumnRole } from './columns.ts';
export { findColumn, needColumn, numberAt, numericColumns, textAt } from './columns.ts';
export { numberOf, readTable, type Table } from './csv.ts';
export { crossedReadings, pairs, plainValues, referenceReadings, subgroups } from './readings.ts';
