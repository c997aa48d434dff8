const TABLE_SECONDS = 2;
/** Of the 900 seconds that a function has. */
const RUN_SECONDS = 840;
const DAY_MINUTES = 1_440;
const MINUTES = { step: 15, min: 15, max: 360 };

/**
 * How often the tables of a deployment are maintained: every six hours, and with more than some 1,700 tables as often as it takes to come to
 * each of them once a day; pure.
 *
 * Two seconds a table are measured on days with news in every third interval (docs/aws.md, "Many accounts").
 *
 * @returns minutes, 15 to 360 in steps of 15
 */
export function maintainMinutes(tableCount: number): number {
  const runCount = Math.max(1, Math.ceil((tableCount * TABLE_SECONDS) / RUN_SECONDS));
  const minutes = Math.floor(DAY_MINUTES / runCount / MINUTES.step) * MINUTES.step;
  return Math.min(MINUTES.max, Math.max(MINUTES.min, minutes));
}
