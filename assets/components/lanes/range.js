// @ts-check
/* What a lane has to show: from where to where. */

/**
 * Nearly all bars of a lane; the few that reach far beyond the others are cut off at its edge.
 * @param {{ mean: (number | null)[], sd: (number | null)[], batch?: { mean: (number | null)[], sd: (number | null)[] } | null }} lane
 * @returns {[number, number]}
 */
export function range({ mean, sd, batch }) {
  const pairs = [[mean, sd], ...(batch ? [[batch.mean, batch.sd]] : [])];
  const end = (/** @type {number} */ side) => pairs.flatMap(([means, sds]) => means.flatMap((value, k) => {
    const spread = sds[k];
    return value === null || spread === null ? [] : [value + side * spread];
  })).sort((one, other) => one - other);
  const lows = end(-1), highs = end(1);
  if (!lows.length) return [-1, 1];
  const low = lows[Math.floor(lows.length * 0.02)], high = highs[Math.ceil(highs.length * 0.98) - 1], air = (high - low) * 0.06 || 1;
  return [low - air, high + air];
}
