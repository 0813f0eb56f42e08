import type { LogicalType, PrimitiveKind } from "../../avro/type.ts"

const day = 86_400_000
/** The last instant that a Date holds, ms (ECMAScript §21.4.1.1). */
const lastDate = 8.64e15

/** Texts that break what was written for plain ones. */
export const edgeTexts: readonly string[] = [
  "",
  " ",
  "0",
  "null",
  "\u0000",
  "\ufeff",
  "a\"b,c\\d\n'e'\t",
  "Ünïcödé",
  "e\u0301",
  "İı",
  "漢字",
  "😀👩‍👩‍👧",
  "\u202eright to left",
  "<b>&amp;</b>",
  "constructor",
  "x".repeat(1_000)
]

/** The values of each primitive type where plugins break. A long that is a bigint has its own. */
export const edgeScalars: { readonly [Kind in PrimitiveKind]: readonly unknown[] } = {
  null: [null],
  boolean: [false, true],
  int: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  long: [0, 1, -1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  float: [0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, Math.fround(3.4028234e38), Math.fround(1e-45)],
  double: [0, -0, 1, -1, 0.1, 1e21, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE],
  bytes: [new Uint8Array(), new Uint8Array([0]), new Uint8Array([0xff, 0xfe, 0x80]), new Uint8Array(1_000)],
  string: edgeTexts
}

export const edgeBigLongs: readonly bigint[] = [0n, 1n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]

const instants: readonly unknown[] = [0, 1, -1, 951_782_400_000, 4_102_444_800_000]
const safe = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
const span = 2 ** 32 - 1

/** The limits of logical types, each in its own unit. */
export const edgeLogicals: {
  readonly [Name in Exclude<LogicalType["name"], "decimal">]: readonly unknown[]
} = {
  uuid: ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
  // 29 February 2000, and the days of the first and last Date.
  date: [0, -1, 1, 11_016, lastDate / day, -lastDate / day],
  "time-millis": [0, day - 1],
  "time-micros": [0, day * 1_000 - 1],
  "timestamp-millis": [...instants, lastDate, -lastDate],
  "timestamp-micros": [...instants, ...safe],
  "local-timestamp-millis": [...instants, lastDate, -lastDate],
  "local-timestamp-micros": [...instants, ...safe],
  duration: [
    { months: 0, days: 0, milliseconds: 0 },
    { months: span, days: span, milliseconds: span }
  ]
}

/** Zero, the smallest step, and the largest of a decimal. */
export const edgeDecimals = (precision: number, scale: number): readonly string[] => {
  const most = 10n ** BigInt(precision) - 1n
  return [0n, 1n, -1n, most, -most].map((unscaled) => decimalText(unscaled, scale))
}

/** An unscaled number in plain notation with exactly `scale` digits after the point. */
export const decimalText = (unscaled: bigint, scale: number): string => {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0")
  const point = digits.length - scale
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`
}
