/** Bytes that a codec cannot have made, or, if `tooLarge`, that it makes more of than was allowed. `at`: byte of the compressed bytes. */
export class CompressionFault extends Error {
  readonly _tag = "CompressionFault"
  readonly tooLarge: boolean
  readonly at: number

  constructor(detail: string, at: number, tooLarge: boolean = false) {
    super(detail)
    this.tooLarge = tooLarge
    this.at = at
  }
}
