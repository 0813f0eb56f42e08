import { errorTable } from "./definition.ts"

/** Dashboards and alerts. */
export const observeErrors = errorTable({
  SILENCE_UNKNOWN: {
    status: 404,
    message: "There is no silence {id} in force",
    where: "the silence's id",
    why: "It was never made, it ended, or somebody removed it.",
    remedy: "See those in force with `millrace alerts silences`.",
    fields: ["id"]
  },
  SILENCE_ENDED: {
    status: 400,
    message: "The silence would have ended before it began",
    where: "`until`",
    why: "Its end is not after the platform's clock; a silence keeps alerts to come from being told.",
    remedy: "Give an end that is still to come, or with `--for` how long it should last.",
    fields: []
  }
})
