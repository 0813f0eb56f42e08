import { extractUnits } from "../syntax/ast.ts"
import { calling, inline, type Operations } from "./operation.ts"

const conversions: Operations = [
  ["numberToBig", inline(([value]) => `BigInt(${value})`)],
  ["bigToNumber", inline(([value]) => `Number(${value})`)],
  ["numberToFloat", inline(([value]) => `Math.fround(Number(${value}))`)],
  ["decimalToDouble", calling("decimalToDouble")],
  ["millisToMicros", inline(([value], [at]) => `checkLong(${value} * 1000, ${at})`, "checkLong")],
  ["microsToMillis", inline(([value]) => `Math.floor(${value} / 1000)`)],
  [
    "dateToTimestamp",
    inline(([value], [p, at]) => `checkLong(${value} * perDay(${p}), ${at})`, "checkLong", "perDay")
  ],
  ["timestampToDate", calling("dayOf")],
  ["timestampToTime", inline(([value], [from, to]) => `timeOf(${value}, ${from}, ${to})`, "timeOf")],
  ["booleanToInt", inline(([value]) => `(${value} ? 1 : 0)`)],
  ["numberToBoolean", inline(([value]) => `(${value} != 0)`)],
  ["booleanToText", inline(([value]) => `(${value} ? "TRUE" : "FALSE")`)],
  ["integerToText", inline(([value]) => `String(${value})`)],
  ["floatToText", inline(([value]) => `doubleToText(shortFloat(${value}))`, "doubleToText", "shortFloat")],
  ["doubleToText", calling("doubleToText")],
  ["decimalToText", calling("decimalToText")],
  ["dateToText", calling("dateToText")],
  ["timeToText", calling("timeToText")],
  ["timestampToText", calling("timestampToText")],
  ["numberToInt", calling("numberToInt")],
  ["numberToLong", calling("numberToLong")],
  ["decimalToInt", calling("decimalToInt")],
  ["decimalToLong", calling("decimalToLong")],
  ["decimalToDecimal", calling("decimalToDecimal")],
  ["doubleToDecimal", calling("doubleToDecimal")],
  [
    "floatToDecimal",
    inline(
      ([value], statics) => `doubleToDecimal(shortFloat(${value}), ${statics.join(", ")})`,
      "doubleToDecimal",
      "shortFloat"
    )
  ],
  ["textTo:boolean", calling("textToBoolean")],
  ["textTo:date", calling("textToDate")],
  ["textTo:time", calling("textToTime")],
  ["textTo:timestamp", calling("textToTimestamp")],
  ["textTo:decimal", calling("textToDecimal")],
  [
    "textTo:int",
    inline(
      ([value], statics) => `textToInteger(${value}, "INT", 2147483647, ${statics.join(", ")})`,
      "textToInteger"
    )
  ],
  [
    "textTo:long",
    inline(
      ([value], statics) =>
        `textToInteger(${value}, "BIGINT within 2^53-1", 9007199254740991, ${statics.join(", ")})`,
      "textToInteger"
    )
  ],
  [
    "textTo:double",
    inline(([value], statics) => `textToDouble(${value}, "DOUBLE", ${statics.join(", ")})`, "textToDouble")
  ],
  [
    "textTo:float",
    inline(
      ([value], statics) => `floatOrNull(textToDouble(${value}, "FLOAT", ${statics.join(", ")}))`,
      "textToDouble",
      "floatOrNull"
    )
  ]
]

const texts: Operations = [
  ["upper", inline(([value]) => `${value}.toUpperCase()`)],
  ["lower", inline(([value]) => `${value}.toLowerCase()`)],
  ["length", inline(([value]) => `textLength(${value})`, "textLength")],
  ["concat", inline((args, [at]) => `concat(${at}, [${args.join(", ")}])`, "concat")],
  ["substring", inline((args) => `substring(${args.join(", ")})`, "substring")],
  ["replace", calling("replaceText")],
  ["position", inline((args) => `position(${args.join(", ")})`, "position")],
  ["startsWith", inline(([text, part]) => `${text}.startsWith(${part})`)],
  ["endsWith", inline(([text, part]) => `${text}.endsWith(${part})`)],
  ["trim:BOTH", inline(([text, set = `" "`]) => `trimText(${text}, ${set}, true, true)`, "trimText")],
  ["trim:LEADING", inline(([text, set = `" "`]) => `trimText(${text}, ${set}, true, false)`, "trimText")],
  ["trim:TRAILING", inline(([text, set = `" "`]) => `trimText(${text}, ${set}, false, true)`, "trimText")],
  [
    "like",
    inline(
      ([text, pattern, escape = "null"], [at]) => `likeMatcher(${pattern}, ${escape}, ${at})(${text})`,
      "likeMatcher"
    )
  ]
]

export const valueOperations: Operations = [
  ...conversions,
  ...texts,
  ...extractUnits.map(
    (unit) =>
      [
        `extract:${unit}`,
        inline(([value], [precision]) => `extractPart("${unit}", ${value}, ${precision})`, "extractPart")
      ] as const
  ),
  ["size:array", inline(([value]) => `${value}.length`)],
  ["size:map", inline(([value]) => `Object.keys(${value}).length`)]
]
