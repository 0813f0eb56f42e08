/**
 * Exit codes of the command line, part of its interface (after sysexits.h where it has one).
 * 0 done · 1 it failed · 2 `plan`: something would change · 64 the command was written wrongly ·
 * 65 the input does not fit · 69 a server or tool is not there · 77 not permitted.
 */
export const exitCode = {
  done: 0,
  failed: 1,
  wouldChange: 2,
  usage: 64,
  badInput: 65,
  unavailable: 69,
  notPermitted: 77
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
