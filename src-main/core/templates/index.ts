/** Design templates: teaching, recognising and matching them. */
export { isAsymmetric, withPrint } from './apply.ts';
export { type CheckedTemplate, checkTemplate, knownTemplate, readTemplateFile } from './file.ts';
export {
  type KnownTemplate,
  lockedMatcher,
  type PrintMatcher,
  type PrintOutcome,
  recognisingMatcher,
} from './matcher.ts';
export { createShelf, type TemplateShelf } from './shelf.ts';
export { type CameraOf, learnTemplate, proposeAnchors, referenceOf, withExample } from './teach.ts';
