/** Calls of a segment that are made node by node before its passes are: by the last of them a pass's CPU time is told its nodes. */
export const callsBeforePasses = 2
