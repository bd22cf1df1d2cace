/** What the rows of the benchmarks are held to: `bar`, a ratio to the first row of the group, and `most`, milliseconds in all. */

/** The bars of a row that has any. In: a measured row. */
function barsOf({ ratio, bar, time, most }) {
  return [
    ...(bar === undefined ? [] : [{ is: ratio, goal: bar, unit: '' }]),
    ...(most === undefined ? [] : [{ is: time, goal: most, unit: ' ms' }]),
  ];
}

/** A cell of the table. */
export function renderBars(row) {
  return barsOf(row)
    .map(({ is, goal, unit }) => `${goal}${unit}${is <= goal ? '' : ', missed'}`)
    .join('; ');
}

/** A sentence for each bar that is missed by more than double, which no other work on the machine explains. */
export function farOff(row) {
  return barsOf(row)
    .filter(({ is, goal }) => is > 2 * goal)
    .map(({ is, goal, unit }) => `${row.name}: ${is.toFixed(2)}${unit}, more than twice its bar of ${goal}${unit}`);
}
