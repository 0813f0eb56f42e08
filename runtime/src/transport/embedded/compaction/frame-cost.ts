/** What it takes to append or remove a frame, in bytes that are written in the same time. */
export const frameCostBytes = 1024
