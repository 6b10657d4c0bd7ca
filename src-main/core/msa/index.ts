/** Measurement-system analysis: statistics, tables and reports. */
export * from './report/index.ts';
export * from './statistics/index.ts';
export * from './table/index.ts';
