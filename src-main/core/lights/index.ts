/** Calibration of the lights: found from targets, kept as records, put in the place of what a capture says. */
export { applyLights, readLights } from './apply.ts';
export { calibrateLights, flatsOf, type LightOptions, type LightTargets } from './calibrate.ts';
export { servedLights } from './served.ts';
export { createLights, type Lights } from './service.ts';
