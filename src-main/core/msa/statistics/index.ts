/** The statistics of measurement-system analysis: pure functions of numbers. */
export { agreement } from './agreement.ts';
export { type CrossedReading, type CrossedStudy, crossed, inOrder } from './crossed.ts';
export { componentFinder, gaugeRr, guide, judgedShare } from './grr.ts';
export { linearity, type ReferenceReading } from './linearity.ts';
export { deviation, mean } from './samples.ts';
export { type Subgroup, stability } from './stability.ts';
export { type1 } from './type1.ts';
