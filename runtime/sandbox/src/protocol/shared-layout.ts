/**
 * The shared file: an area for each direction, and a mark that the process sets before it enters a node, so that the worker knows
 * where a killed process was.
 */
export const areaBytes = 24 * 1024 * 1024
export const questionArea = 0
export const answerArea = areaBytes
/** u32 LE: number of the node in its segment, plus 1; 0 while no guest runs. */
export const stageMark = 2 * areaBytes
export const sharedFileBytes = 2 * areaBytes + 4096
/** A control frame, its length included. */
export const maxControlBytes = 8 * 1024 * 1024
export const maxSections = 4096
