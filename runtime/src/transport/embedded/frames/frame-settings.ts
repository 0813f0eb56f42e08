/** Of what lies in frame files; what is not given is as it is for everybody. */
export interface FrameSettings {
  /** Values of the `log` database of so many bytes or more lie in frame files. */
  readonly leastBytes?: number
  /** A frame file that has so much takes no more. */
  readonly fileBytes?: number
  /** Less than so much that is not wanted any more is left where it is. */
  readonly leastGarbageBytes?: number
}
