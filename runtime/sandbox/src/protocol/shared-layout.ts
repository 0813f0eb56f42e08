/**
 * The shared file: for each of the questions that a process may have at a time an area for either direction, and a mark that the process
 * sets before it enters a node, so that the worker knows where a killed process was.
 */
export const areaBytes = 24 * 1024 * 1024
/** Questions that a process may have at a time: the one that it works on, and the next. They take turns. */
export const questionsAtOnce = 2
export const questionArea = (turn: number): number => 2 * turn * areaBytes
export const answerArea = (turn: number): number => (2 * turn + 1) * areaBytes
/** u32 LE: number of the node in its segment, plus 1; 0 while no guest runs. */
export const stageMark = 2 * questionsAtOnce * areaBytes
export const markBytes = 4096
export const sharedFileBytes = stageMark + markBytes
/** A call of so many bytes goes through memory that both sides map, where they can. A mapping has pages of its own in each isolate that has it. */
export const leastMappedBytes = 64 * 1024
/** A control frame, its length included. */
export const maxControlBytes = 8 * 1024 * 1024
export const maxSections = 4096
