/** What this release was built with. */
export const build = {
  version: "1.0.0",
  /** Days that a slot is looked for on, at most. */
  slotDays: 4,
  /** Steps in which a surcharge is added up, at most. */
  surchargeSteps: 4
}
