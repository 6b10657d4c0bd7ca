/** What a measured camera response leaves of an edge's shift: the budget's radiometric term from the fit's residual. */

/**
 * Shift of an edge for each unit of rms departure of its light from linear, px. A gamma of 2.2 that nobody undoes departs
 * by 0.206 of full scale, the root of the mean of (v^(1/2.2) - v)^2 over 0..1, and moves an edge of ordinary sharpness by
 * 0.22 px: what the assumption of the file rests on too. Smooth departures move an edge in proportion; those of a part of
 * the range move it less, so an edge over the full range is the worst case.
 */
const shiftPx = 0.22 / 0.2057;

/**
 * The value that stands in for the assumption where a response was measured.
 * @param residual root mean square of what remained of the fit, share of full scale; scatter of single places is in it,
 * so that it states too much rather than too little
 */
export const radiometricValue = (residual: number) => ({
  // Both edges of a width move, and not together.
  halfWidth: Math.SQRT2 * shiftPx * residual,
  unit: 'px' as const,
  distribution: 'normal' as const,
  coverage: 1,
  basis: `what remained of the camera's measured response, ${(100 * residual).toFixed(2)} % of full scale; both edges`,
});
