import { calling, inline, repeating, type Operation, type Operations } from "./operation.ts"

const checks = { int: "checkInt", long: "checkLong", big: "checkBig" } as const

function integerOperations(form: keyof typeof checks): Operations {
  const check = checks[form]
  const checked = (operator: string) =>
    inline(([left, right], [at]) => `${check}(${left} ${operator} ${right}, ${at})`, check)
  const quotient =
    form === "big"
      ? inline(
          ([left, right], [at]) => `checkBig(${left} / divisor(${right}, ${at}), ${at})`,
          check,
          "divisor"
        )
      : inline(
          ([left, right], [at]) => `${check}(Math.trunc(${left} / divisor(${right}, ${at})), ${at})`,
          check,
          "divisor"
        )
  const zero = form === "big" ? "" : " + 0"
  return [
    [`add:${form}`, checked("+")],
    [`subtract:${form}`, checked("-")],
    [`multiply:${form}`, checked("*")],
    [`divide:${form}`, quotient],
    [
      `remainder:${form}`,
      inline(([left, right], [at]) => `(${left} % divisor(${right}, ${at})${zero})`, "divisor")
    ],
    [`negate:${form}`, inline(([value], [at]) => `${check}(-${value}, ${at})`, check)],
    [
      `abs:${form}`,
      repeating(([value], [at]) => `${check}(${value} < 0 ? -${value} : ${value}, ${at})`, check)
    ]
  ]
}

function floatingOperations(form: "float" | "double"): Operations {
  const fitted = (text: string) => (form === "float" ? `Math.fround(${text})` : `(${text})`)
  const binary = (operator: string) => inline(([left, right]) => fitted(`${left} ${operator} ${right}`))
  return [
    [`add:${form}`, binary("+")],
    [`subtract:${form}`, binary("-")],
    [`multiply:${form}`, binary("*")],
    [`divide:${form}`, binary("/")],
    [`remainder:${form}`, binary("%")],
    [`negate:${form}`, inline(([value]) => `(-${value})`)],
    [`abs:${form}`, inline(([value]) => `Math.abs(${value})`)]
  ]
}

const round = (fn: string, finish: (text: string) => string, ...needs: readonly string[]): Operation =>
  inline(
    ([value, digits = "0"], [at]) => finish(`${fn}(${value}, ${digits})`).replace("AT", at ?? ""),
    fn,
    ...needs
  )

const roundings: Operations = [
  ["round:int", round("roundInteger", (text) => `checkInt(${text}, AT)`, "checkInt")],
  ["round:long", round("roundInteger", (text) => `checkLong(${text}, AT)`, "checkLong")],
  ["round:big", round("roundBig", (text) => `checkBig(${text}, AT)`, "checkBig")],
  ["round:double", round("roundDouble", (text) => text)],
  [
    "round:float",
    inline(
      ([value, digits = "0"]) => `Math.fround(roundDouble(shortFloat(${value}), ${digits}))`,
      "roundDouble",
      "shortFloat"
    )
  ],
  [
    "round:decimal",
    inline(
      ([value], [down, up, limit, at]) => `fitDecimal(scaleDown(${value}, ${down}) * ${up}, ${limit}, ${at})`,
      "fitDecimal",
      "scaleDown"
    )
  ],
  ["ceil:floating", inline(([value]) => `Math.ceil(${value})`)],
  ["floor:floating", inline(([value]) => `Math.floor(${value})`)],
  ["ceil:decimal", inline(([value], [factor]) => `(-floorDecimal(-${value}, ${factor}))`, "floorDecimal")],
  ["floor:decimal", calling("floorDecimal")]
]

const decimals: Operations = [
  ["add:decimal", inline(([left, right]) => `(${left} + ${right})`)],
  ["subtract:decimal", inline(([left, right]) => `(${left} - ${right})`)],
  ["multiply:decimal", inline(([left, right]) => `(${left} * ${right})`)],
  ["divide:decimal", calling("divideDecimal")],
  ["remainder:decimal", inline(([left, right], [at]) => `(${left} % divisor(${right}, ${at}))`, "divisor")],
  ["negate:decimal", inline(([value]) => `(-${value})`)],
  ["abs:decimal", repeating(([value]) => `(${value} < 0n ? -${value} : ${value})`)],
  ["scaleUp", inline(([value], [factor]) => `(${value} * ${factor})`)],
  [
    "scaleDown",
    inline(
      ([value], [factor, limit, at]) => `fitDecimal(scaleDown(${value}, ${factor}), ${limit}, ${at})`,
      "fitDecimal",
      "scaleDown"
    )
  ],
  ["fitDecimal", calling("fitDecimal")]
]

export const numberOperations: Operations = [
  ...integerOperations("int"),
  ...integerOperations("long"),
  ...integerOperations("big"),
  ...floatingOperations("float"),
  ...floatingOperations("double"),
  ...decimals,
  ...roundings,
  ["power", inline(([base, exponent]) => `Math.pow(${base}, ${exponent})`)],
  ...(
    ["exp", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"] as const
  ).map((name) => [name, inline(([value]) => `Math.${name}(${value})`)] as const),
  ["ln", inline(([value]) => `Math.log(${value})`)],
  ["atan2", inline(([y, x]) => `Math.atan2(${y}, ${x})`)],
  ["degrees", inline(([value]) => `(${value} * 180 / Math.PI)`)],
  ["radians", inline(([value]) => `(${value} / 180 * Math.PI)`)],
  ["truncateDecimal", inline(([value], [down, up]) => `(${value} / ${down} * ${up})`)],
  ["sqrt", inline(([value]) => `Math.sqrt(${value})`)]
]
