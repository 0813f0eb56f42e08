const ranges: readonly (readonly [seconds: number, name: string])[] = [
  [300, "5 min"],
  [900, "15 min"],
  [3_600, "1 h"],
  [14_400, "4 h"]
]

/** How far back charts look unless told. */
export const usualRange = 900

/** How far back charts look. */
export const RangeChoice = ({
  choose,
  seconds
}: {
  readonly seconds: number
  readonly choose: (seconds: number) => void
}) => (
  <div className="row" role="group" aria-label="How far back">
    {ranges.map(([each, name]) => (
      <button
        key={each}
        type="button"
        className="button range"
        aria-pressed={each === seconds}
        onClick={() => choose(each)}
      >
        {name}
      </button>
    ))}
  </div>
)
